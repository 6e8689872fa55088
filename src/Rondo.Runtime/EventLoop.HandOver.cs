using System.Diagnostics;

namespace Rondo.Runtime;

/// <content>
/// Loops that change threads: when application code blocks, another thread takes the loop over in the middle of a turn,
/// and the blocked one comes back to find that it has lost it.
/// </content>
/// <remarks>
/// Why this is safe. One word says who may do what: the number of the application callback, and a phase.
/// <list type="number">
/// <item>
/// In phase 0 (loop code: polling, due timers, <see cref="ILoopWork"/> up to its call of application code) nobody can
/// claim the loop, so ring, timers and poller have one user, the owner. Such code never blocks.
/// </item>
/// <item>
/// The owner enters application code by a store: nobody else changes a word in phase 0. From then on it touches no
/// state of the loop: <see cref="IsOwnedByCaller"/> is false, what it schedules is posted.
/// </item>
/// <item>
/// Out of phase 1 lead two compare-and-swaps, of which one succeeds: the owner leaves (phase 0), or somebody claims
/// (phase 3). The number differs for each callback, so a claim that was decided upon for one cannot hit a later one.
/// </item>
/// <item>
/// Who has claimed gives the loop to one thread, which writes the owner first and phase 0 after. So whoever reads the
/// word first and the owner after never takes another thread's phase for its own.
/// </item>
/// <item>
/// What is left of a turn is in fields, not on the stack; who loses returns through frames that touch nothing of the
/// loop after the application's. All that the new owner reads was written before the store of phase 1 or posted.
/// </item>
/// <item>
/// What a callback leaves to be done after it lies in one slot, which is changed by exchanges only. Who runs the loop
/// empties it after each callback, and when it takes the loop over. Who fills it looks for the owner afterwards: should
/// that be another thread, whose look into the slot may have come before, it posts instead.
/// </item>
/// </list>
/// </remarks>
public sealed partial class EventLoop
{
    private const long ApplicationCode = 1;
    private const long Claimed = 3;
    private const long PhaseBits = 3;
    private const long OneCallback = 4;

    private readonly HandOver? _handOver;
    private long _word;
    private int _left;
    private int _ofTurn;
    private long _turnStart;
    private long _turnPolled;
    private ILoopWork? _afterCallback;

    /// <summary>
    /// Number and phase of what runs. Watched from another thread, a word that stays the same and
    /// <see cref="IsApplicationCode"/> is a callback that does not return.
    /// </summary>
    internal long Word => Volatile.Read(ref _word);

    /// <summary>What the application code runs for; it says so itself, and a new callback forgets it.</summary>
    internal object? RunsFor { get; set; }

    /// <summary>Whether the caller runs this loop, also in application code, where it may lose it any time.</summary>
    internal bool IsRunByCaller => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    internal static bool IsApplicationCode(long word) => (word & PhaseBits) == ApplicationCode;

    /// <summary>
    /// Runs a loop that may be handed over: a new one, or one that has been claimed for the calling thread.
    /// </summary>
    /// <returns>Whether the loop has stopped. If not, it is another thread's: the caller leaves it alone.</returns>
    internal bool RunUntilLost()
    {
        var idle = ExecutionContext.Capture();
        Volatile.Write(ref _owner, Environment.CurrentManagedThreadId);
        if (IsRunning)
        {
            System.Diagnostics.Debug.Assert((_word & PhaseBits) == Claimed, "It is claimed before it changes threads.");
            Volatile.Write(ref _word, _word & ~PhaseBits);
        }
        else
        {
            ThrowIfClosed();
            IsRunning = true;
            s_running[this] = true;
            RunBegun?.Invoke(this);
            StartTurnToHandOver();
        }

        RunAfterCallback();
        while (true)
        {
            while (_left > 0)
            {
                _left--;
                if (!RunOne(_ready.Dequeue(), idle))
                {
                    return false;
                }
            }

            EndTurnToHandOver();
            if (_stopping)
            {
                s_running.TryRemove(this, out _);
                _stopping = false;
                IsRunning = false;
                return true;
            }

            StartTurnToHandOver();
        }
    }

    /// <summary>Makes the loop the caller's to give away, if it still runs what it ran under this word.</summary>
    internal bool TryClaim(long word) =>
        IsApplicationCode(word) && Interlocked.CompareExchange(ref _word, word | Claimed, word) == word;

    /// <summary>As <see cref="TryClaim"/>, by the very thread whose callback is about to block.</summary>
    internal bool TryClaimOwn()
    {
        var word = Word;
        return IsRunByCaller && TryClaim(word);
    }

    /// <summary>
    /// Calls application code from an <see cref="ILoopWork"/>, as its last statement: whatever follows might run on a
    /// thread that has lost the loop.
    /// </summary>
    internal void CallApplication(Action<object?> callback, object? state)
    {
        if (_handOver is { } handOver)
        {
            if (handOver.IsExhausted)
            {
                RunOnPool(new WorkItem(callback, state, null));
                return;
            }

            EnterApplicationCode(handOver);
        }

        callback(state);
    }

    /// <summary>
    /// Runs work as loop code when the callback that the caller is in is over, before any other; if application code
    /// loses the loop until then, when that happens. It calls no application code. For one object at a time.
    /// </summary>
    /// <returns>
    /// Whether it will: false off the loop, if another object is waiting, or if this loop is never handed over.
    /// </returns>
    internal bool TryRunAfterCallback(ILoopWork work)
    {
        if (_handOver is null || !IsRunByCaller)
        {
            return false;
        }

        var waiting = Interlocked.CompareExchange(ref _afterCallback, work, null);
        if (waiting is not null && waiting != work)
        {
            return false;
        }

        if (!IsRunByCaller)
        {
            TryDispatch(work);
        }

        return true;
    }

    /// <summary>As the public ones, for work that must not run while the loop is another thread's. Loop code.</summary>
    internal TimerHandle CallLater(TimeSpan delay, ILoopWork work)
    {
        var timer = new TimerHandle(this, new WorkItem(work, null, null));
        RescheduleTimer(timer, delay);
        return timer;
    }

    private void EnterApplicationCode(HandOver handOver)
    {
        RunsFor = null;
        Volatile.Write(ref _word, _word + OneCallback + ApplicationCode);

        // After the store: who goes to rest looks at the word behind a barrier for all threads.
        if (handOver.IsResting)
        {
            handOver.Resume();
        }
    }

    /// <returns>Whether the loop is still the caller's.</returns>
    private bool RunOne(WorkItem item, ExecutionContext? idle)
    {
        if (item.Callback is TimerHandle timer)
        {
            timer.ReadyNumber = null;
            item = timer.Item;
        }

        if (item.Callback is null)
        {
            return true;
        }

        var before = _word;
        try
        {
            if (item.Callback is ILoopWork work)
            {
                work.Run();
            }
            else if (_handOver!.IsExhausted)
            {
                RunOnPool(item);
            }
            else
            {
                EnterApplicationCode(_handOver);
                CallIn(item);
            }
        }
        catch (Exception error)
        {
            if (Volatile.Read(ref _word) == before)
            {
                EnterApplicationCode(_handOver!);
            }

            Report(new CallbackName(item.Callback, item.State).ToString(), error);
        }

        if (idle is not null && !ReferenceEquals(ExecutionContext.Capture(), idle))
        {
            ExecutionContext.Restore(idle);
        }

        if (System.Threading.SynchronizationContext.Current is not null)
        {
            System.Threading.SynchronizationContext.SetSynchronizationContext(null);
        }

        // After loop code alone nobody can have claimed it. The word of a callback that is over never comes back.
        if (Volatile.Read(ref _word) != before)
        {
            var inside = before + OneCallback + ApplicationCode;
            if (Interlocked.CompareExchange(ref _word, inside - ApplicationCode, inside) != inside)
            {
                return false;
            }
        }

        if (_afterCallback is not null)
        {
            RunAfterCallback();
        }

        return true;
    }

    private void RunAfterCallback()
    {
        var work = Interlocked.Exchange(ref _afterCallback, null);
        try
        {
            work?.Run();
        }
        catch (Exception error)
        {
            Report(new CallbackName(work!, null).ToString(), error);
        }
    }

    private void CallIn(in WorkItem item)
    {
        if (item.Context is { } context)
        {
            ExecutionContext.Restore(context);
        }

        Call(item.Callback!, item.State);
    }

    private void RunOnPool(WorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(
        static call =>
        {
            try
            {
                call.Loop.CallIn(call.Item);
            }
            catch (Exception error)
            {
                call.Loop.Report(new CallbackName(call.Item.Callback!, call.Item.State).ToString(), error);
            }
        },
        (Loop: this, Item: item),
        preferLocal: false);

    private void StartTurnToHandOver()
    {
        var measures = LoopMetrics.MeasuresTurns;
        _turnStart = measures ? Stopwatch.GetTimestamp() : 0;
        Poll();
        _turnPolled = measures ? Stopwatch.GetTimestamp() : 0;
        TakePosted();
        TakeDueTimers();
        _left = _ofTurn = _ready.Count;
    }

    private void EndTurnToHandOver()
    {
        if (_turnStart != 0)
        {
            LoopMetrics.TurnEnded(this, _turnStart, _turnPolled, _ofTurn);
        }
    }

    // Loop code, so that it is the owner who is told.
    private sealed class StopWork(EventLoop loop) : ILoopWork
    {
        public void Run() => loop._stopping = true;
    }
}
