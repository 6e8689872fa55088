namespace Rondo.Runtime.Testing;

/// <summary>
/// An event loop in virtual time: the same <see cref="EventLoop"/>, with a clock that jumps to the next deadline as
/// soon as nothing is ready. An hour of waiting takes no time, and the same test gives the same order every time.
/// </summary>
/// <remarks>
/// The clock starts at 2000-01-01T00:00Z. It moves only when the loop is idle: nothing is ready, nothing is posted, and
/// no work is open outside (<see cref="ExternalWork"/>, jobs of executors).
/// </remarks>
/// <threadsafety>Belongs to the loop's thread; <see cref="ExternalWork"/> from any thread.</threadsafety>
public sealed partial class VirtualLoop
{
    private readonly Simulation _simulation;

    private VirtualLoop(int? seed, LoopOptions? options, List<string>? trace)
    {
        _simulation = new Simulation(seed, options ?? new LoopOptions(), trace);
        Seed = seed;
        Random = new Random(seed ?? 0);
        Network = new VirtualNetwork(Loop, new Random(Random.Next()));
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop => _simulation.Loop;

    /// <summary>The seed of this run; null when timers keep their order.</summary>
    public int? Seed { get; }

    /// <summary>Chance for the test, the same for the same <see cref="Seed"/>.</summary>
    public Random Random { get; }

    /// <summary>A network inside the loop, without sockets. Its faults depend on the <see cref="Seed"/>.</summary>
    public VirtualNetwork Network { get; }

    /// <summary>
    /// Whether time jumps to the next deadline whenever the loop is idle; default true. Otherwise it moves only by
    /// <see cref="AdvanceAsync"/>, and a test that waits for a timer which nobody is left to reach is a deadlock. Once
    /// the test's main has ended, time jumps in any case, so that what is left can end.
    /// </summary>
    public bool AutoJump
    {
        get => _simulation.Timekeeper.AutoJump;
        set => _simulation.Timekeeper.AutoJump = value;
    }

    /// <summary>
    /// Whether threads that the test has not declared may post to the loop; default false: such a post fails the test.
    /// When true, the loop waits 5 ms of real time for such posts before time moves, and 10 s instead of 1 s before it
    /// takes silence for a deadlock; nobody promises the same order every time.
    /// </summary>
    public bool AllowUntrackedPosts
    {
        get => _simulation.AllowUntrackedPosts;
        set => _simulation.AllowUntrackedPosts = value;
    }

    /// <summary>
    /// How long, in real time, work outside may keep a loop waiting that has nothing else to do; default 30 s, without
    /// limit when <see cref="Timeout.InfiniteTimeSpan"/>. Then the run fails and names the work.
    /// </summary>
    public TimeSpan ExternalWorkLimit
    {
        get => _simulation.Poller.WorkLimit;
        set => _simulation.Poller.WorkLimit = value;
    }

    /// <summary>Runs a test in virtual time.</summary>
    /// <param name="main">Takes the virtual loop; it starts in the first turn.</param>
    /// <param name="seed">
    /// Shuffles timers that are due at the same moment, the same way for the same seed; null keeps the order in which
    /// they were set. A test that holds for many seeds does not lean on an order that nobody promises.
    /// </param>
    /// <param name="options">Defaults when null; the clock is the virtual one in any case.</param>
    /// <exception cref="DeadlockException">The test waits for something that cannot come.</exception>
    /// <exception cref="UntrackedPostException">A thread that the test has not declared has posted.</exception>
    public static void Run(Func<VirtualLoop, Task> main, int? seed = null, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(main, seed, options, trace: null);
    }

    /// <summary>
    /// Lets virtual time pass: everything due until then runs, each at its time, and the caller continues when the loop
    /// is idle at the new time, so that whatever came of it has run too. Callbacks run in turns, never inside this
    /// call.
    /// </summary>
    /// <param name="time">Zero or more, from now.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative or too large.</exception>
    /// <exception cref="OperationCanceledException">The scope around the caller is cancelled.</exception>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public Task AdvanceAsync(TimeSpan time)
    {
        Loop.CheckCaller();
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.MaxValue - Loop.Time);
        return _simulation.Timekeeper.AdvanceAsync(Loop, time);
    }

    /// <summary>
    /// Waits until the loop is idle at the present time: everything that is ready, and whatever that makes ready, has
    /// run, and work outside has ended. Time does not move.
    /// </summary>
    /// <inheritdoc cref="AdvanceAsync" path="/exception[not(contains(@cref,'Range'))]"/>
    public Task RunUntilIdleAsync() => AdvanceAsync(TimeSpan.Zero);

    /// <summary>
    /// Says that a thread outside works for the test: until it is disposed, virtual time stands still, the loop waits
    /// for real, and posts from other threads are expected. Dispose it after the last of these posts.
    /// </summary>
    /// <param name="name">For people: a hang is reported with the names of the work that is open.</param>
    public IDisposable ExternalWork(string name = "external work")
    {
        ArgumentNullException.ThrowIfNull(name);
        return _simulation.TrackWork(name);
    }

    private static void Run(Func<VirtualLoop, Task> main, int? seed, LoopOptions? options, List<string>? trace)
    {
        var loop = new VirtualLoop(seed, options, trace);
        loop._simulation.Run(() => main(loop));
    }
}
