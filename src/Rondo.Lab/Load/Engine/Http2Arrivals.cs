using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// An open load over the platform's client: a loop keeps the time and has a free worker send each request when it is
/// due, since to wake a thread of the pool for it takes a tenth of a millisecond; what comes back is the pool's. One that
/// is due while all are busy goes to the first that becomes free.
/// </summary>
/// <threadsafety><see cref="RunAsync"/> once, from any thread.</threadsafety>
internal sealed class Http2Arrivals : ILoopWork, IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Http2Worker> _workers;
    private readonly Http2Record _record;
    private readonly ArrivalSchedule _schedule;
    private readonly SlotQueue _idle;
    private readonly LoopThread _thread;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimerHandle? _timer;
    private CancellationToken _stop;
    private int _unused;
    private long _budget;
    private int _busy;
    private bool _isArmed;
    private bool _isOver;

    public Http2Arrivals(LoadPlan plan, List<Http2Worker> workers, Http2Record record)
    {
        (_workers, _record) = (workers, record);
        _budget = plan.Requests ?? long.MaxValue;
        _idle = new SlotQueue(workers.Count);
        for (_unused = 0; _unused < plan.Connections * plan.Streams; _unused++)
        {
            _idle.Put(_unused);
        }

        _schedule = new ArrivalSchedule(
            plan.Rate!.Value, plan.RampSeconds, plan.Seconds, 0, 1, plan.IsPoisson ? new Random(plan.Seed) : null);
        _thread = new LoopThread(
            OperatingSystem.IsLinux() ? new LinuxCalls() : new PortableCalls(),
            "arrivals",
            error => _done.TrySetException(error.Exception));
    }

    /// <summary>Ends when everything that was due is over, or soon after <paramref name="stop"/>.</summary>
    /// <param name="stop">Aborts what is under way; what was due and has no worker yet counts as aborted, too.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        await using var ending = stop.Register(End);
        _thread.Loop.TryDispatch(new LoopCode(() => _timer = _thread.Loop.CallLater(TimeSpan.Zero, this)));
        await _done.Task.ConfigureAwait(false);
    }

    /// <summary>By the loop: something is due, or may be.</summary>
    public void Run()
    {
        while (TryStart(out var slot, out var due))
        {
            _ = ServeAsync(slot, due);
        }

        using (_gate.EnterScope())
        {
            EndIfDone();

            // What waits for a worker is taken by that one.
            var left = _schedule.Next - _record.Now;
            _isArmed = !_isOver && _budget > 0 && _schedule.Next != long.MaxValue && (left > 0 || HasFree);
            if (_isArmed)
            {
                var ticks = (Math.Max(0, left) + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick;
                _timer!.Reschedule(new TimeSpan(ticks));
            }
        }
    }

    public async ValueTask DisposeAsync() => await _thread.StopAsync(StopLimit).ConfigureAwait(false);

    // The stop comes to who is under way first, and that one must not start another.
    private bool MayStart() =>
        !_isOver && !_stop.IsCancellationRequested && _budget > 0 && _schedule.Next <= _record.Now;

    private bool HasFree => _idle.Count > 0 || _unused < _workers.Count;

    private bool TryStart(out int slot, out long due)
    {
        using (_gate.EnterScope())
        {
            var starts = MayStart() && HasFree;
            slot = !starts ? -1 : _idle.Count > 0 ? _idle.Take() : _unused++;
            due = starts ? TakeDue() : 0;
            return starts;
        }
    }

    private long TakeDue()
    {
        var due = _schedule.Next;
        _schedule.Advance();
        _budget--;
        _busy++;
        return due;
    }

    private async Task ServeAsync(int slot, long due)
    {
        try
        {
            _record.Arrived(due, late: _record.Now - due);
            do
            {
                await _workers[slot].SendAsync(due, _stop).ConfigureAwait(false);
            }
            while (TryNext(slot, out due));
        }
        catch (Exception e)
        {
            // What a worker does not know how to count ends the run.
            _done.TrySetException(e);
        }
    }

    // True if a request waits, which this worker takes over.
    private bool TryNext(int slot, out long due)
    {
        using (_gate.EnterScope())
        {
            _busy--;
            due = 0;
            if (MayStart() && !HasFree)
            {
                due = TakeDue();
                _record.Arrived(due, late: null);
                return true;
            }

            _idle.Put(slot);
            EndIfDone();
            if (!_isOver && !_isArmed && _schedule.Next != long.MaxValue)
            {
                _isArmed = true;
                _thread.Loop.TryDispatch(this);
            }

            return false;
        }
    }

    private void EndIfDone()
    {
        var isEmpty = _isOver || _budget <= 0 || _schedule.Next == long.MaxValue;
        if (isEmpty && _busy == 0)
        {
            _isOver = true;
            _done.TrySetResult();
        }
    }

    private void End()
    {
        using (_gate.EnterScope())
        {
            var now = _record.Now;
            while (!_isOver && _budget-- > 0 && _schedule.Next <= now)
            {
                _record.NeverSent(_schedule.Next);
                _schedule.Advance();
            }

            _isOver = true;
            EndIfDone();
        }
    }
}
