using Rondo.Runtime.Polling;
using Rondo.Runtime.Time;

namespace Rondo.Runtime.Testing;

/// <summary>
/// An event loop in virtual time: the same <see cref="EventLoop"/>, with a clock that jumps to the next deadline as
/// soon as nothing is ready. An hour of waiting takes no time, and the same test gives the same order every time.
/// </summary>
/// <remarks>The clock starts at 2000-01-01T00:00Z. It stands still while <see cref="ExternalWork"/> is open.</remarks>
/// <threadsafety>Belongs to the loop's thread; <see cref="ExternalWork"/> from any thread.</threadsafety>
#pragma warning disable CA1001 // The loop owns the poller and closes it at the end of the run.
public sealed class VirtualLoop
#pragma warning restore CA1001
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly VirtualPoller _poller;

    private VirtualLoop(int? seed, LoopOptions options)
    {
        var clock = new VirtualClock();
        _poller = new VirtualPoller(clock.Move, Patience);
        Loop = new EventLoop(options with { Clock = clock }, _poller, seed is { } number ? new Random(number) : null);
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>Runs a test in virtual time.</summary>
    /// <param name="main">Takes the virtual loop; it starts in the first turn.</param>
    /// <param name="seed">
    /// Shuffles timers that are due at the same moment, the same way for the same seed; null keeps the order in which
    /// they were set. A test that holds for many seeds does not lean on an order that nobody promises.
    /// </param>
    /// <param name="options">Defaults when null; the clock is the virtual one in any case.</param>
    /// <exception cref="DeadlockException">The test waits for something that cannot come.</exception>
    public static void Run(Func<VirtualLoop, Task> main, int? seed = null, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        var loop = new VirtualLoop(seed, options ?? new LoopOptions());
        loop.Loop.RunToTheEnd(
            async () =>
            {
                await main(loop);
                return true;
            },
            () => loop._poller.IsDeadlocked ? new DeadlockException(loop.Loop.Tasks) : null);
    }

    /// <summary>
    /// Lets virtual time pass: waits until everything due within <paramref name="time"/> has run and the loop is idle
    /// at the new time.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        await Loop.Delay(time);

        // What became ready with us, and what that made ready, comes first.
        await Task.Yield();
    }

    /// <summary>
    /// Says that a thread outside works for the test: until it is disposed, virtual time stands still and the loop
    /// waits for real.
    /// </summary>
    public IDisposable ExternalWork()
    {
        _poller.Enter();
        return new OpenWork(_poller);
    }

    private sealed class OpenWork(VirtualPoller poller) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                poller.Leave();
            }
        }
    }
}
