using System.Runtime.CompilerServices;
using Rondo.Runtime.Executors;
using Rondo.Runtime.Time;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>What threads promise beyond the contract. Gates hold work where a test needs it; nothing sleeps.</summary>
public sealed class ThreadExecutorTests : ExecutorContract
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Threads_AreNamedReusedAndNeverMoreThanGiven()
    {
        await using var executor = Make(threads: 2);
        var names = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => executor.SubmitAsync(() => Thread.CurrentThread.Name, Cancellation)));

        Assert.All(names, n => Assert.Contains(n, new[] { "test-1", "test-2" }));
        Assert.InRange(executor.ThreadCount, 1, 2);
    }

    [Fact]
    public async Task Threads_WorkAtTheSameTime()
    {
        await using var executor = Make(threads: 2);
        using var both = new Barrier(2);

        var met = await Task.WhenAll(
            executor.SubmitAsync(() => both.SignalAndWait(Guard), Cancellation),
            executor.SubmitAsync(() => both.SignalAndWait(Guard), Cancellation));

        Assert.Equal([true, true], met);
    }

    [Fact]
    public async Task Work_ThatComesWhileThreadsAreAboutToSleep_IsNeverLeft()
    {
        await using var executor = Make(threads: 3);
        for (var i = 0; i < 3_000; i++)
        {
            // Of one, two or three, so that some find a thread that spins, some one that sleeps.
            var calls = Enumerable.Range(0, 1 + (i % 3)).Select(n => executor.SubmitAsync(() => n, Cancellation));
            await Task.WhenAll(calls).WaitAsync(Guard, Cancellation);
        }

        Assert.Equal((0, 0), (executor.QueueLength, executor.BusyThreads));
    }

    [Fact]
    public async Task AsyncLocal_FlowsInAndItsChangesStayThere()
    {
        await using var executor = Make();
        var local = new AsyncLocal<string?> { Value = "of the submitter" };

        var seen = await executor.SubmitAsync(
            () =>
            {
                var before = local.Value;
                local.Value = "changed";
                return before;
            },
            Cancellation);
        local.Value = null;

        Assert.Equal("of the submitter", seen);
        Assert.Null(await executor.SubmitAsync(() => local.Value, Cancellation));
    }

    [Fact]
    public async Task Work_RunsFirstInFirstOut()
    {
        await using var executor = Make();
        var seen = new List<int>();
        using var gate = new ManualResetEventSlim();
        _ = executor.SubmitAsync(() => gate.Wait(Guard), Cancellation);
        var calls = Enumerable.Range(0, 50).Select(n => executor.SubmitAsync(
            () =>
            {
                seen.Add(n);
                return n;
            },
            Cancellation)).ToList();
        gate.Set();
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 50), seen);
    }

    [Fact]
    public async Task Cancellation_OfWhatWaits_TakesItBackAndFreesItsPlace()
    {
        await using var executor = Make(queueLimit: 1);
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var running = executor.SubmitAsync(() => gate.Wait(Guard), Cancellation);
        var waiting = executor.SubmitAsync(() => Jobs.Fail("ran"), stop.Token);
        await Assert.ThrowsAsync<QueueFullException>(() => executor.SubmitAsync(Jobs.Seven, Cancellation));

        await stop.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(stop.Token, cancelled.CancellationToken);
        var next = executor.SubmitAsync(Jobs.Seven, Cancellation);
        gate.Set();

        Assert.True(await running);
        Assert.Equal(7, await next);
    }

    [Fact]
    public async Task Cancellation_OfWhatRuns_DoesNotTouchIt()
    {
        await using var executor = Make();
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var running = Occupy(executor, started, gate, stop.Token);

        await stop.CancelAsync();
        gate.Set();

        Assert.True(await running);
    }

    [Fact]
    public async Task QueueLimit_Zero_TakesOneAfterTheOther()
    {
        await using var executor = Make(queueLimit: 0);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
        }

        using var gate = new ManualResetEventSlim();
        var running = executor.SubmitAsync(() => gate.Wait(Guard), Cancellation);
        var full = await Assert.ThrowsAsync<QueueFullException>(() => executor.SubmitAsync(Jobs.Seven, Cancellation));
        gate.Set();

        Assert.Contains("'test' is full: 0 waiting", full.Message, StringComparison.Ordinal);
        Assert.True(await running);
    }

    [Fact]
    public async Task QueueLatency_IsTheWaitOfTheOldestAndThenOfTheLast()
    {
        var clock = new VirtualClock();
        await using var executor = Make(clock: clock);
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var running = Occupy(executor, started, gate, Cancellation);
        Assert.Equal(TimeSpan.Zero, executor.QueueLatency);
        var next = executor.SubmitAsync(Jobs.Seven, Cancellation);
        clock.Move(TimeSpan.FromSeconds(2));

        Assert.Equal(TimeSpan.FromSeconds(2), executor.QueueLatency);
        Assert.Equal(1, executor.QueueLength);
        Assert.Equal(1, executor.BusyThreads);
        clock.Move(TimeSpan.FromSeconds(1));
        gate.Set();
        await next;

        Assert.True(await running);
        Assert.Equal(TimeSpan.FromSeconds(3), executor.QueueLatency);
        Assert.Equal(0, executor.QueueLength);
        Assert.Equal(0, executor.BusyThreads);
    }

    [Fact]
    public async Task ShutdownAsync_WorkGoesOnBeyondTheLimit_SaysSoAndCancelsWhatWaits()
    {
        var executor = Make();
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var running = Occupy(executor, started, gate, Cancellation);
        var waiting = executor.SubmitAsync(() => Jobs.Fail("ran"), Cancellation);

        Assert.False(await executor.ShutdownAsync(TimeSpan.Zero));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();

        Assert.True(await running);
        Assert.True(await executor.ShutdownAsync(Guard));
    }

    [Fact]
    public async Task ShutdownAsync_CancelsWhatWaits_AndItsTokenForgetsIt()
    {
        var executor = Make();
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var running = Occupy(executor, started, gate, Cancellation);
        var argument = SubmitWithArgument(executor, stop.Token);

        Assert.False(await executor.ShutdownAsync(TimeSpan.Zero));
        for (var i = 0; i < 10 && argument.IsAlive; i++)
        {
            GC.Collect();
            await Task.Yield();
        }

        Assert.False(argument.IsAlive);
        gate.Set();
        Assert.True(await running);
        Assert.True(await executor.ShutdownAsync(Guard));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference SubmitWithArgument(ThreadExecutor executor, CancellationToken token)
        {
            var argument = new object();
            _ = executor.SubmitAsync(static o => o.GetHashCode(), argument, token);
            return new WeakReference(argument);
        }
    }

    [Fact]
    public async Task SubmitAsync_Awaiter_NeverRunsOnAWorker()
    {
        await using var executor = Make();
        var worker = 0;

        await executor.SubmitAsync(() => worker = Environment.CurrentManagedThreadId, Cancellation);

        Assert.NotEqual(worker, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void QueueLimit_Negative_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>("QueueLimit", () => Make(queueLimit: -1));

    [Fact]
    public async Task SubmitAsync_NoThreadCanBeStarted_RefusesTheWorkOrLeavesItToTheOthers()
    {
        var canStart = false;
        var executor = new ThreadExecutor(new ThreadExecutorOptions
        {
            MaxThreads = 2,
            Starting = () => _ = canStart ? 0 : throw new InsufficientMemoryException(),
        });

        await Assert.ThrowsAsync<InsufficientMemoryException>(() => executor.SubmitAsync(Jobs.Seven, Cancellation));
        Assert.Equal((0, 0), (executor.ThreadCount, executor.QueueLength));

        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        canStart = true;
        var first = Occupy(executor, started, gate, Cancellation);
        canStart = false;
        var second = executor.SubmitAsync(Jobs.Seven, Cancellation);
        gate.Set();

        Assert.True(await first);
        Assert.Equal(7, await second.WaitAsync(Guard, Cancellation));
        Assert.True(await executor.ShutdownAsync(Guard));
    }

    protected override IExecutor Create(int workers) => Make(workers);

    /// <summary>Keeps a thread busy until the gate opens.</summary>
    private static Task<bool> Occupy(
        ThreadExecutor executor,
        ManualResetEventSlim started,
        ManualResetEventSlim gate,
        CancellationToken stop)
    {
        var work = executor.SubmitAsync(
            () =>
            {
                started.Set();
                return gate.Wait(Guard);
            },
            stop);
        Assert.True(started.Wait(Guard, Cancellation));
        return work;
    }

    private static ThreadExecutor Make(int threads = 1, int queueLimit = int.MaxValue, TimeProvider? clock = null) =>
        new(new ThreadExecutorOptions
        {
            Name = "test",
            MaxThreads = threads,
            QueueLimit = queueLimit,
            Clock = clock ?? TimeProvider.System,
            ShutdownLimit = Timeout.InfiniteTimeSpan,
        });
}
