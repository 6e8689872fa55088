using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Polling;
using Rondo.Runtime.Time;

namespace Rondo.Runtime.Testing;

/// <summary>What holds a loop to virtual time, from its making to the verdict on its run.</summary>
#pragma warning disable CA1001 // The loop owns the poller and closes it at the end of the run.
internal sealed class Simulation : ISimulation
#pragma warning restore CA1001
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Long for a hop over the thread pool, short for a test.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(5);

    // A thread pool with too few threads takes its time to make more.
    private static readonly TimeSpan PatienceWithThePool = TimeSpan.FromSeconds(10);

    private readonly List<string>? _trace;
    private Func<Exception?, Exception>? _untracked;
    private Exception? _mainFailure;
    private Exception? _verdict;

    /// <param name="seed">Of the order among timers that are due at once; null keeps the order of setting.</param>
    /// <param name="options">The loop's; the clock is replaced.</param>
    /// <param name="trace">Receives a line for each callback that runs; null for none.</param>
    public Simulation(int? seed, LoopOptions options, List<string>? trace)
    {
        _trace = trace;
        var clock = new VirtualClock();
        Timekeeper = new Timekeeper(clock);
        Poller = new VirtualPoller(Jump) { Patience = Patience };
        Loop = new EventLoop(options with { Clock = clock }, Poller, seed is { } number ? new Random(number) : null);
        Loop.Join(this);
    }

    public EventLoop Loop { get; }

    public VirtualPoller Poller { get; }

    public Timekeeper Timekeeper { get; }

    public bool AllowUntrackedPosts
    {
        get => Poller.Settling > TimeSpan.Zero;
        set => (Poller.Settling, Poller.Patience) =
            value ? (Settling, PatienceWithThePool) : (TimeSpan.Zero, Patience);
    }

    public void Run(Func<Task> main)
    {
        try
        {
            Loop.RunToTheEnd(() => WatchAsync(main), Judge);
        }
        catch (Exception error) when (error is not UntrackedPostException && _untracked is { } untracked)
        {
            // What happens after such a post may be its consequence.
            throw untracked(error);
        }

        if (_untracked is { } late)
        {
            throw late(null);
        }
    }

    public IDisposable TrackWork(string name) => Poller.Track(name);

    public void CallbackStarting(object callback, object? state) =>
        _trace?.Add($"{Loop.Time:c} {new CallbackName(callback, state)}");

    public void Posting(object callback, object? state)
    {
        if (AllowUntrackedPosts || _untracked is not null || Timekeeper.IsAtTheEnd || Poller.HasOpenWork)
        {
            return;
        }

        // Named now: the callback may be gone when somebody reads it.
        var name = new CallbackName(callback, state).ToString();
        var thread = Describe(Thread.CurrentThread);
        Volatile.Write(ref _untracked, inner => new UntrackedPostException(name, thread, inner));
    }

    private static string Describe(Thread thread) =>
        $"{(string.IsNullOrEmpty(thread.Name) ? "an unnamed thread" : $"'{thread.Name}'")} "
        + $"(managed thread {thread.ManagedThreadId}{(thread.IsThreadPoolThread ? " of the thread pool" : "")})";

    private async Task<bool> WatchAsync(Func<Task> main)
    {
        try
        {
            await main();
            return true;
        }
        catch (Exception error)
        {
            _mainFailure = error;
            throw;
        }
        finally
        {
            Timekeeper.End();
        }
    }

    // After such a post the clock stays where it is until the verdict.
    private bool Jump(TimeSpan untilNextTimer) =>
        (Volatile.Read(ref _untracked) is not null && !Timekeeper.IsAtTheEnd) || Timekeeper.Jump(untilNextTimer);

    /// <summary>Asked by the loop when it has been idle; the first answer stands.</summary>
    private Exception? Judge()
    {
        if (_verdict is null && _untracked is { } untracked)
        {
            _verdict = untracked(_mainFailure);
        }
        else if (_verdict is null && Poller.IsStuck)
        {
            _verdict = new DeadlockException($"{Reason()}{Environment.NewLine}{Unfinished()}", _mainFailure);
        }
        else if (!Poller.IsStuck)
        {
            // After the verdict the tasks are ended, and may go on as long as they can.
            return null;
        }

        Timekeeper.End();
        return _verdict;
    }

    private string Reason()
    {
        var work = Poller.DescribeWork();
        if (work.Count > 0)
        {
            return string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Hang: nothing has been ready for {Poller.WorkLimit.TotalSeconds:0.#} s of real time, and time stands "
                + $"still for work outside the loop: {string.Join(", ", work)}.");
        }

        return Timekeeper.UntilNextTimer == Timeout.InfiniteTimeSpan
            ? "Deadlock: nothing is ready, no timer is set and no work is open outside the loop."
            : "Deadlock: nothing is ready, AutoJump is off and nobody is left to call AdvanceAsync; the next timer is "
                + $"due in {Timekeeper.UntilNextTimer:c}.";
    }

    /// <summary>What main and every other task wait for.</summary>
    private string Unfinished() => $"Unfinished:{Environment.NewLine}{TaskTree.Capture(Loop).ToRepeatableString()}";
}
