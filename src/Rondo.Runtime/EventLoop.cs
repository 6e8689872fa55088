using System.Collections.Concurrent;
using System.IO.Pipelines;
using Rondo.Runtime.Polling;
using Rondo.Runtime.Time;

namespace Rondo.Runtime;

/// <summary>
/// An event loop with asyncio's contract: callbacks run one after another on one thread, each exactly once, in the
/// order in which they were scheduled. Ordinary <c>async</c>/<c>await</c> runs on it through its views:
/// synchronisation context, task scheduler, pipe scheduler, time provider.
/// </summary>
/// <remarks>
/// One turn has these phases, in this order: (1) how long may we wait: not at all if something is ready, else until the
/// next timer; (2) poll; (3) take over what other threads have posted; (4) move due timers behind what is ready;
/// (5) run what is ready now. What a callback schedules waits for the next turn.
/// </remarks>
/// <threadsafety>
/// Belongs to one thread: the one that created it, and from the first run on the one that runs it. Other threads may
/// call <see cref="CallSoonThreadSafe(Action)"/>, <see cref="Stop"/> through it, and the views; everything else
/// refuses them.
/// </threadsafety>
public sealed partial class EventLoop : IDisposable
{
    [ThreadStatic]
    private static EventLoop? t_running;

    private readonly CloseGuard _guard;
    private readonly WorkQueue _ready = new();
    private readonly TimerQueue<TimerHandle> _timers;
    private readonly ConcurrentQueue<WorkItem> _posted = new();

    // Asking the queue itself would take every turn several times as long.
    private volatile bool _hasPosted;
    private readonly IPoller _poller;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly Action<LoopError> _onError;
    private int _owner = Environment.CurrentManagedThreadId;
    private int _sleeping;
    private bool _stopping;
    private Func<Exception?>? _verdict;
    private volatile bool _isClosed;

    /// <summary>Makes a loop that the calling thread owns; it does nothing until it is run.</summary>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="ArgumentException">There is no poller of the name in the options.</exception>
    public EventLoop(LoopOptions? options = null)
        : this(options ??= new LoopOptions(), PollerChoice.Make(options.Poller), null)
    {
    }

    internal EventLoop(LoopOptions options, IPoller poller, Random? shuffle)
    {
        Options = options;
        Name = options.Name ?? $"loop-{Number}";
        _guard = new CloseGuard($"event loop {Name}", options);
        _poller = poller;
        _timers = new TimerQueue<TimerHandle>(shuffle);
        _clock = options.Clock;
        _start = _clock.GetTimestamp();
        _onError = options.ErrorHandler ?? LoopError.WriteToStandardError;
        _handOver = options.HandOver;
        SynchronizationContext = new LoopSynchronizationContext(this);
        TaskScheduler = new LoopTaskScheduler(this);
        PipeScheduler = new LoopPipeScheduler(this);
        TimeProvider = new LoopTimeProvider(this, _clock);
        if (options.Debug && _handOver is null)
        {
            Observe();
        }
    }

    /// <summary>For people: reports, metrics, activities. <see cref="LoopOptions.Name"/>, or <c>loop-N</c>.</summary>
    public string Name { get; }

    /// <summary>The loop that runs on the calling thread, or null.</summary>
    public static EventLoop? Running => t_running;

    /// <summary>The view for <c>await</c>: continuations come back to the loop.</summary>
    public SynchronizationContext SynchronizationContext { get; }

    /// <summary>The view for tasks: their delegates run as callbacks.</summary>
    public TaskScheduler TaskScheduler { get; }

    /// <summary>
    /// The view for pipes, given as <see cref="PipeOptions.ReaderScheduler"/> or
    /// <see cref="PipeOptions.WriterScheduler"/>: that end continues on the loop.
    /// </summary>
    public PipeScheduler PipeScheduler { get; }

    /// <summary>
    /// The view for time: its timers call back on the loop, so <c>Task.Delay(t, loop.TimeProvider)</c> does too.
    /// </summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>
    /// Time by the loop's clock since the loop was made; never goes back (asyncio: <c>loop.time()</c>).
    /// </summary>
    public TimeSpan Time => _clock.GetElapsedTime(_start);

    /// <summary>Whether it runs at present, on any thread.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether it has been closed.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>
    /// Makes a loop and runs <paramref name="main"/> on it to its end (asyncio: <c>asyncio.run</c>). Then, in this
    /// order: cancels the tasks that are left and waits for them, reports their failures, disposes what was given to
    /// <see cref="RegisterForDispose"/>, shuts the default executor down, closes the loop. A task that does not end
    /// when it is cancelled holds the end up; after a second it is named to <see cref="LoopOptions.ReportHandler"/>.
    /// </summary>
    /// <remarks>
    /// Unless <see cref="LoopOptions.HandleInterrupt"/> is false, the first Ctrl-C cancels <paramref name="main"/>, so
    /// that everything is cleaned up, and the second ends the process at once.
    /// </remarks>
    /// <param name="main">The program; it starts in the first turn, as the task "main".</param>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="InvalidOperationException">
    /// A loop runs on this thread already, or the loop was stopped before <paramref name="main"/> ended.
    /// </exception>
    /// <exception cref="KeyboardInterruptException">
    /// Ctrl-C has cancelled <paramref name="main"/>. Not caught, it ends the process with exit code 130.
    /// </exception>
    public static void Run(Func<Task> main, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(
            async () =>
            {
                await main();
                return true;
            },
            options);
    }

    /// <inheritdoc cref="Run(Func{Task}, LoopOptions?)"/>
    /// <returns>What <paramref name="main"/> returns.</returns>
    public static T Run<T>(Func<Task<T>> main, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        var loop = new EventLoop(options);
        return loop.Options.HandleInterrupt ? RunInterruptibly(loop, main) : loop.RunToTheEnd(main, () => null);
    }

    /// <summary>Runs <paramref name="main"/> as a task until it ends, whatever else is scheduled; then stops.</summary>
    /// <returns>What <paramref name="main"/> returns.</returns>
    /// <exception cref="InvalidOperationException">
    /// The loop, or another one, runs on this thread; or <see cref="Stop"/> was called before
    /// <paramref name="main"/> ended.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public T RunUntilComplete<T>(Func<Task<T>> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        Take();
        var task = CreateTask(main, "main");
        Main = task;
        Action<LoopFuture> stop = _ => Stop();
        task.AddDoneCallback(stop);
        RunForever();
        if (!task.IsCompleted)
        {
            // Its end must not stop a later run.
            task.RemoveDoneCallback(stop);
            throw new InvalidOperationException("Event loop stopped before the task completed.");
        }

        return task.Result;
    }

    /// <inheritdoc cref="RunUntilComplete{T}(Func{Task{T}})"/>
    public void RunUntilComplete(Func<Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        RunUntilComplete(async () =>
        {
            await main();
            return true;
        });
    }

    /// <summary>Runs turns until <see cref="Stop"/>. If stop was called before, runs exactly one.</summary>
    /// <exception cref="InvalidOperationException">The loop, or another one, runs on this thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public void RunForever()
    {
        Take();
        var outer = SynchronizationContext.Current;
        try
        {
            t_running = this;
            IsRunning = true;
            System.Threading.SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
            _idleContext = ExecutionContext.Capture();
            s_running[this] = true;
            RunBegun?.Invoke(this);
            _observer?.RunStarting();
            do
            {
                RunTurn();
            }
            while (!_stopping);
        }
        finally
        {
            s_running.TryRemove(this, out _);
            _stopping = false;
            IsRunning = false;
            t_running = null;
            System.Threading.SynchronizationContext.SetSynchronizationContext(outer);
            _observer?.RunEnded();
        }
    }

    /// <summary>
    /// Ends the run after the present turn; the rest of that turn still runs. A closed loop ignores it. Any thread.
    /// </summary>
    public void Stop()
    {
        if (IsOwnedByCaller)
        {
            _stopping = true;
        }
        else if (_handOver is not null)
        {
            Dispatch(new StopWork(this), null);
        }
        else
        {
            TryDispatch(static loop => ((EventLoop)loop!)._stopping = true, this);
        }
    }

    /// <summary>Drops what is scheduled and makes every later call fail. Closing again does nothing.</summary>
    /// <exception cref="InvalidOperationException">The loop is running.</exception>
    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        if (IsRunning)
        {
            throw new InvalidOperationException("Cannot close a running event loop.");
        }

        _isClosed = true;
        _guard.Dispose();
        _ready.Clear();
        _timers.Clear();
        _disposables.Clear();
        _posted.Clear();
        _poller.Dispose();
        RemoveSignalHandlers();
        Unobserve();

        // Does not wait: what runs there runs on, and nobody is left to see its outcome.
        _ = _defaultExecutor?.ShutdownAsync(TimeSpan.Zero);
    }

    /// <inheritdoc cref="Close"/>
    public void Dispose() => Close();

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>
    /// Awaiting this continues on the loop: at once when there already, in the next turn otherwise. Any thread.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public SwitchToLoop SwitchTo()
    {
        ThrowIfClosed();
        return new SwitchToLoop(this);
    }

    /// <summary>Makes the calling thread the owner, which only an idle loop allows.</summary>
    private void Take()
    {
        ThrowIfClosed();
        if (IsRunning)
        {
            throw new InvalidOperationException("This event loop is already running.");
        }

        if (t_running is not null)
        {
            throw new InvalidOperationException(
                "Cannot run the event loop while another loop is running on this thread.");
        }

        _owner = Environment.CurrentManagedThreadId;
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(null, "Event loop is closed.");
        }
    }
}
