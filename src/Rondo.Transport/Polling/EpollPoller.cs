using Rondo.Runtime.Polling;
using Rondo.Transport.Native;

namespace Rondo.Transport.Polling;

/// <summary>
/// Waits on an epoll descriptor. Descriptors are registered once, edge-triggered, for everything; a slot with a
/// generation stands for each, so that an event that was on its way when its descriptor was closed finds nobody.
/// </summary>
internal sealed class EpollPoller : IPoller
{
    private const uint Everything = LinuxConstants.EpollIn | LinuxConstants.EpollOut | LinuxConstants.EpollReadHangUp
        | LinuxConstants.EpollEdge;

    private const ulong BellData = ulong.MaxValue;
    private const int MostEvents = 512;

    private readonly LinuxCalls _calls;
    private readonly int _epoll;
    private readonly int _bell;
    private readonly EpollEvents _events = new(MostEvents);
    private readonly Stack<int> _free = [];
    private readonly Lock _bellGate = new();
    private Slot[] _slots = new Slot[64];
    private int _used;
    private bool _isClosed;
    private volatile bool _isEnding;

    public EpollPoller(LinuxCalls calls)
    {
        _calls = calls;
        _epoll = NativeException.Check("epoll_create1", calls.EpollCreate());
        _bell = calls.EventDescriptor();
        var outcome = _bell < 0
            ? _bell
            : calls.EpollControl(_epoll, LinuxConstants.EpollAdd, _bell, LinuxConstants.EpollIn, BellData);
        if (outcome < 0)
        {
            Dispose();
            throw new NativeException(_bell < 0 ? "eventfd" : "epoll_ctl", -outcome);
        }
    }

    /// <summary>How many descriptors are registered.</summary>
    public int Count => _used - _free.Count;

    /// <summary>Whether everybody has been told that the loop ends. Any thread.</summary>
    public bool IsEnding => _isEnding;

    public void Wait(TimeSpan limit)
    {
        var count = _calls.EpollWait(_epoll, _events, limit);
        if (count is -Errno.Interrupted or -Errno.NoMemory)
        {
            return;
        }

        NativeException.Check("epoll_wait", count);
        for (var i = 0; i < count; i++)
        {
            var data = _events.Data(i);
            if (data == BellData)
            {
                _calls.Quiet(_bell);
            }
            else if (Find(data) is { } handler)
            {
                handler.OnReady(_events.Kinds(i));
            }
        }
    }

    // The gate keeps a late caller from ringing a number that has become another descriptor's. The loop sleeps when
    // this is called, so there is nobody to wait for.
    public void Wake()
    {
        using (_bellGate.EnterScope())
        {
            while (!_isClosed && _calls.Ring(_bell) == -Errno.Interrupted)
            {
            }
        }
    }

    /// <summary>
    /// Tells everybody who is registered that the loop ends; from now on nobody can register. Loop thread.
    /// </summary>
    public void TellEnding()
    {
        _isEnding = true;
        for (var slot = 0; slot < _used; slot++)
        {
            _slots[slot].Handler?.OnLoopEnding();
        }
    }

    /// <summary>Tells <paramref name="handler"/> about every change of a connected or connecting socket.</summary>
    /// <returns>What <see cref="Remove"/> takes. Or the negated error number.</returns>
    public long Add(int descriptor, IReadinessHandler handler) => Add(descriptor, handler, Everything);

    /// <summary>Tells <paramref name="handler"/> as long as connections wait to be accepted.</summary>
    /// <param name="descriptor">A listening socket.</param>
    /// <param name="handler">Who accepts.</param>
    /// <param name="isShared">Whether other loops wait on the same descriptor: one of them is woken.</param>
    public long AddListener(int descriptor, IReadinessHandler handler, bool isShared) =>
        Add(descriptor, handler, LinuxConstants.EpollIn | (isShared ? LinuxConstants.EpollExclusive : 0));

    /// <summary>Forgets a registration; the descriptor may be closed then. Again does nothing.</summary>
    public void Remove(long registration, int descriptor)
    {
        if (Find((ulong)registration) is null)
        {
            return;
        }

        // Closing would do, were the descriptor not shared with another process (ListenHandle, fork).
        _calls.EpollControl(_epoll, LinuxConstants.EpollDelete, descriptor, 0, 0);
        var slot = (int)(registration & int.MaxValue);
        _slots[slot].Handler = null;
        _slots[slot].Generation++;
        _free.Push(slot);
    }

    public void Dispose()
    {
        using (_bellGate.EnterScope())
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            if (_bell >= 0)
            {
                _calls.Close(_bell);
            }

            _calls.Close(_epoll);
        }
    }

    private long Add(int descriptor, IReadinessHandler handler, uint kinds)
    {
        if (_isEnding)
        {
            return -Errno.Canceled;
        }

        if (!_free.TryPop(out var slot))
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, _used * 2);
            }

            slot = _used++;
        }

        var registration = ((long)(_slots[slot].Generation & int.MaxValue) << 32) | (uint)slot;
        var outcome = _calls.EpollControl(_epoll, LinuxConstants.EpollAdd, descriptor, kinds, (ulong)registration);
        if (outcome < 0)
        {
            _free.Push(slot);
            return outcome;
        }

        _slots[slot].Handler = handler;
        return registration;
    }

    private IReadinessHandler? Find(ulong data)
    {
        ref var slot = ref _slots[(int)(data & int.MaxValue)];
        return (slot.Generation & int.MaxValue) == (int)(data >> 32) ? slot.Handler : null;
    }

    private struct Slot
    {
        public IReadinessHandler? Handler;
        public int Generation;
    }
}
