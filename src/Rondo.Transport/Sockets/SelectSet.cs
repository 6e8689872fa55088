using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// Waits for sockets with <see cref="Socket.Select(System.Collections.IList, System.Collections.IList,
/// System.Collections.IList, int)"/>, as epoll would, edges included: what was told is not asked for again until a call
/// has found nothing left.
/// </summary>
internal sealed class SelectSet
{
    private const int LongestMicroseconds = 1_000_000_000;

    // Kept in one order, so that what select leaves in its lists is found again by one walk.
    private readonly List<PortableDescriptor> _watched = [];
    private readonly List<Socket> _toRead = [];
    private readonly List<Socket> _toWrite = [];
    private readonly List<Socket> _toFail = [];
    private Socket? _bell;
    private volatile int _waitingThread;

    public void Add(PortableDescriptor descriptor, uint events, ulong data)
    {
        descriptor.Watch(this, events, data);
        _watched.Add(descriptor);
        if (descriptor.IsBell)
        {
            _bell = descriptor.Socket;
        }
    }

    public void Remove(PortableDescriptor descriptor)
    {
        if (ReferenceEquals(descriptor.WatchedBy, this))
        {
            descriptor.Unwatch();
            _watched.Remove(descriptor);
        }
    }

    /// <summary>Has a wait on another thread look again at what is armed. Any thread.</summary>
    public void WakeIfElsewhere()
    {
        var waiting = _waitingThread;
        if (waiting != 0 && waiting != Environment.CurrentManagedThreadId)
        {
            _bell?.Send([1], SocketFlags.None, out _);
        }
    }

    /// <returns>How many events there are.</returns>
    public int Wait(EpollEvents events, TimeSpan limit)
    {
        // Before it looks at what is armed: who arms later sees that this waits.
        _waitingThread = Environment.CurrentManagedThreadId;
        Interlocked.MemoryBarrier();
        Collect();
        try
        {
            Socket.Select(_toRead, _toWrite, _toFail, Microseconds(limit));
        }
        finally
        {
            _waitingThread = 0;
        }

        return Tell(events);
    }

    private static int Microseconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan
        ? -1
        : (int)Math.Min(Math.Ceiling(limit.TotalMicroseconds), LongestMicroseconds);

    private void Collect()
    {
        _toRead.Clear();
        _toWrite.Clear();
        _toFail.Clear();
        foreach (var descriptor in _watched)
        {
            var armed = descriptor.Armed;
            if ((armed & LinuxConstants.EpollIn) != 0)
            {
                _toRead.Add(descriptor.Socket!);
            }

            // A connect that fails is told as an error by some systems, as room to write by others.
            if ((armed & LinuxConstants.EpollOut) != 0)
            {
                _toWrite.Add(descriptor.Socket!);
                _toFail.Add(descriptor.Socket!);
            }
        }
    }

    private int Tell(EpollEvents events)
    {
        int count = 0, read = 0, written = 0, failed = 0;
        foreach (var descriptor in _watched)
        {
            var kinds = Take(_toRead, ref read, descriptor, LinuxConstants.EpollIn)
                | Take(_toWrite, ref written, descriptor, LinuxConstants.EpollOut)
                | Take(_toFail, ref failed, descriptor, LinuxConstants.EpollOut);
            if (kinds != 0 && count < events.Capacity)
            {
                descriptor.Disarm(kinds);
                EpollEvents.Write(events.Words.AsSpan(count * EpollEvents.Stride), kinds, descriptor.Data);
                count++;
            }
        }

        return count;
    }

    private static uint Take(List<Socket> ready, ref int next, PortableDescriptor descriptor, uint kind)
    {
        if (next == ready.Count || !ReferenceEquals(ready[next], descriptor.Socket))
        {
            return 0;
        }

        next++;
        return kind;
    }
}
