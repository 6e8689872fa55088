using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>What a number of <see cref="PortableCalls"/> stands for: a socket, or a set that waits for some.</summary>
internal sealed class PortableDescriptor
{
    private int _armed;

    public Socket? Socket { get; init; }

    /// <summary>Whether it is there to wake who waits.</summary>
    public bool IsBell { get; init; }

    /// <summary>The sockets it waits for, if it stands for an epoll descriptor.</summary>
    public SelectSet? Set { get; init; }

    /// <summary>The set that waits for this socket.</summary>
    public SelectSet? WatchedBy { get; private set; }

    /// <summary>What it is called there.</summary>
    public ulong Data { get; private set; }

    /// <summary>Whether a change is told once, until the next call that found nothing left.</summary>
    public bool IsEdge { get; private set; }

    /// <summary>The kinds of events to be told next.</summary>
    public uint Armed => (uint)Volatile.Read(ref _armed);

    public void Watch(SelectSet set, uint events, ulong data)
    {
        Data = data;
        IsEdge = (events & LinuxConstants.EpollEdge) != 0;
        _armed = (int)(events & (LinuxConstants.EpollIn | LinuxConstants.EpollOut));
        WatchedBy = set;
    }

    public void Unwatch() => WatchedBy = null;

    /// <summary>A call has found nothing left: the next change is to be told. Any thread.</summary>
    public void Arm(uint kind)
    {
        if (WatchedBy is { } set && IsEdge && (Interlocked.Or(ref _armed, (int)kind) & kind) == 0)
        {
            set.WakeIfElsewhere();
        }
    }

    /// <summary>These are about to be told.</summary>
    public void Disarm(uint kinds)
    {
        if (IsEdge)
        {
            Interlocked.And(ref _armed, (int)~kinds);
        }
    }
}
