using System.Collections.Concurrent;
using System.Diagnostics;
using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>Worker processes that crash, hang, are killed or run out of memory. They and their time are real.</summary>
public sealed class WorkerFaultTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rondo-test-");

    public static TheoryData<string, int, string?> Deaths => new()
    {
        { "fail-fast", 134, "SIGABRT" },
        { "KILL", 137, "SIGKILL" },
        { "wild pointer", 134, "SIGABRT" },
        { "exit", 3, null },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Worker_Dies_FailsOnlyTheCallThatRan(string how, int code, string? signal)
    {
        var exits = new ConcurrentQueue<WorkerExit>();
        await using var executor = Make(onExit: exits.Enqueue);
        var before = executor.SubmitAsync(Jobs.Double, 1, Cancellation);
        var deadly = how switch
        {
            "fail-fast" => executor.SubmitAsync(WorkerJobs.FailFast, "on purpose", Cancellation),
            "wild pointer" => executor.SubmitAsync(WorkerJobs.WriteToNowhere, 0x7fff_dead, Cancellation),
            "exit" => executor.SubmitAsync(WorkerJobs.Exit, code, Cancellation),
            _ => executor.SubmitAsync(WorkerJobs.Signal, how, Cancellation),
        };
        var behind = Enumerable.Range(0, 100).Select(n => executor.SubmitAsync(Jobs.Double, n, Cancellation)).ToList();

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => deadly.WaitAsync(Guard, Cancellation));

        Assert.Equal((code, signal), (error.ExitCode, error.Signal));
        Assert.Equal(2, await before);
        Assert.Equal(
            Enumerable.Range(0, 100).Select(n => 2 * n), await Task.WhenAll(behind).WaitAsync(Guard, Cancellation));
        Assert.Contains(exits, e => e.Reason == WorkerExitReason.Crashed && e.ExitCode == code);
    }

    [Fact]
    public async Task Worker_DiesWithShortCallsInAdvance_FailsOnlyTheCallThatRan()
    {
        await using var executor = Make();
        for (var i = 0; i < 300; i++)
        {
            executor.SubmitBlocking(Jobs.Double, i, Cancellation);
        }

        var calls = Enumerable.Range(0, 200).Select(n => n == 50
            ? executor.SubmitAsync(WorkerJobs.Exit, 5, Cancellation)
            : executor.SubmitAsync(Jobs.Double, n, Cancellation)).ToList();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Guard, Cancellation);

        Assert.Equal([50], Enumerable.Range(0, 200).Where(n => calls[n].IsFaulted));
    }

    [Fact]
    public async Task Work_WritesToAnAddressThatIsNotThere_IsAnExceptionAndTheWorkerLives()
    {
        await using var executor = Make();
        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        var error = await Assert.ThrowsAsync<RemoteException>(
            () => executor.SubmitAsync(WorkerJobs.WriteToNowhere, 0, Cancellation));

        Assert.Equal("System.AccessViolationException", error.RemoteType);
        Assert.Equal(worker, await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation));
    }

    [Fact]
    public async Task CallTimeout_EndlessLoop_KillsTheWorkerAndReplacesIt()
    {
        var exits = new ConcurrentQueue<WorkerExit>();
        await using var executor = Make(timeout: TimeSpan.FromSeconds(1), spares: 1, onExit: exits.Enqueue);
        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => executor.SubmitAsync(WorkerJobs.Spin, 0, Cancellation).WaitAsync(Guard, Cancellation));

        Assert.Contains("WorkerJobs.Spin ran longer than 1 s", error.Message, StringComparison.Ordinal);
        var next = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);
        await executor.ShutdownAsync(Guard);
        var killed = Assert.Single(exits, e => e is { Reason: WorkerExitReason.TimedOut, Signal: "SIGKILL" });
        Assert.NotEqual(next, killed.ProcessId);
    }

    [Fact]
    public async Task Cancellation_OfWhatRuns_KillsTheWorkerAndReplacesIt()
    {
        var exits = new ConcurrentQueue<WorkerExit>();
        await using var executor = Make(onExit: exits.Enqueue);
        using var stop = new CancellationTokenSource();
        var running = executor.SubmitAsync(WorkerJobs.SpinVisibly, Flag, stop.Token);
        var worker = await ProcessIdAsync(Flag);
        var waiting = executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        await stop.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal(stop.Token, cancelled.CancellationToken);
        Assert.NotEqual(worker, await waiting);
        Assert.Contains(exits, e => e.Reason == WorkerExitReason.Cancelled && e.ProcessId == worker);
    }

    [Fact]
    public async Task Cancellation_OfManyThatWaitWithAWorker_LetsTheOthersRun()
    {
        await using var executor = Make();
        for (var i = 0; i < 300; i++)
        {
            executor.SubmitBlocking(Jobs.Double, i, Cancellation);
        }

        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 400).Select(
            n => executor.SubmitAsync(Jobs.Double, n, n % 2 == 0 ? stop.Token : Cancellation)).ToList();
        await stop.CancelAsync();
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Guard, Cancellation);

        Assert.All(Enumerable.Range(0, 400), n => Assert.True(
            calls[n].IsCompletedSuccessfully ? calls[n].Result == 2 * n : n % 2 == 0 && calls[n].IsCanceled));
    }

    [Fact]
    public void RunInExecutor_ScopeCancelled_KillsTheWorker() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        await using var executor = Make();
        var wasCancelled = await CancelScope.RunAsync(async scope =>
        {
            var call = loop.RunInExecutor(executor, WorkerJobs.SpinVisibly, Flag);
            await ProcessIdAsync(Flag);
            loop.CallSoon(scope.Cancel);
            await call;
        });

        Assert.True(wasCancelled);
        Assert.Equal(7, await loop.RunInExecutor(executor, Jobs.Seven));
    });

    [Fact]
    public async Task MemoryLimit_Exceeded_IsAnExceptionAndTheWorkerLives()
    {
        await using var executor = Make(memory: 64 << 20);
        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        var error = await Assert.ThrowsAsync<RemoteException>(
            () => executor.SubmitAsync(WorkerJobs.Allocate, 1L << 30, Cancellation));

        Assert.Equal("System.OutOfMemoryException", error.RemoteType);
        Assert.Equal(16, await executor.SubmitAsync(WorkerJobs.Allocate, 16L << 20, Cancellation));
        Assert.Equal(worker, await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation));
    }

    [Fact]
    public async Task Worker_KilledWhileIdle_IsReplacedAndNoCallFails()
    {
        var exits = new BlockingCollection<WorkerExit>();
        await using var executor = Make(onExit: exits.Add);
        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        using (var process = Process.GetProcessById(worker))
        {
            process.Kill();
        }

        Assert.True(exits.TryTake(out var exit, (int)Guard.TotalMilliseconds, Cancellation));
        Assert.Equal("SIGKILL", exit.Signal);
        Assert.NotEqual(worker, await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation));
    }

    [Fact]
    public async Task Worker_KilledWithHalfAnArgument_FailsThatCall()
    {
        await using var executor = Make();
        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        // A stopped process reads nothing, so the frame is cut where the socket is full.
        Signal("STOP", worker);
        var call = executor.SubmitAsync(WorkerJobs.Reverse, new byte[8 << 20], Cancellation);
        Signal("KILL", worker);

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => call.WaitAsync(Guard, Cancellation));
        Assert.Equal("SIGKILL", error.Signal);
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task Worker_KilledBeforeItReadsTheCall_FailsThatCall()
    {
        await using var executor = Make();
        var worker = await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation);

        Signal("STOP", worker);
        var call = executor.SubmitAsync(Jobs.Seven, Cancellation);
        var behind = executor.SubmitAsync(Jobs.Double, 4, Cancellation);
        Signal("KILL", worker);

        await Assert.ThrowsAsync<WorkerCrashedException>(() => call.WaitAsync(Guard, Cancellation));
        Assert.Equal(8, await behind);
    }

    [Fact]
    public async Task Worker_DiesWhileTheResultIsWritten_FailsThatCall()
    {
        await using var executor = Make();

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(
            () => executor.SubmitAsync(WorkerJobs.MakeDeadly, 1, Cancellation).WaitAsync(Guard, Cancellation));

        Assert.Equal("SIGKILL", error.Signal);
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task Worker_DiesWithHalfAResultSent_FailsThatCall()
    {
        await using var executor = Make();

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(
            () => executor.SubmitAsync(WorkerJobs.SendHalf, 1, Cancellation).WaitAsync(Guard, Cancellation));

        Assert.Equal("SIGKILL", error.Signal);
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task Work_WritesToItsOutput_DoesNotDisturbTheCalls()
    {
        await using var executor = Make();

        Assert.Equal("out of a worker", await executor.SubmitAsync(WorkerJobs.Write, "out of a worker", Cancellation));
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task Error_WithErrorsInside_TellsThemAll()
    {
        await using var executor = Make();

        var error = await Assert.ThrowsAsync<RemoteException>(
            () => executor.SubmitAsync(WorkerJobs.FailDeeply, "deep", Cancellation));

        Assert.Equal("System.AggregateException", error.RemoteType);
        Assert.Contains("WorkerJobs.FailDeeply", error.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Equal(
            ["System.InvalidOperationException", "System.TimeoutException"],
            error.InnerExceptions.Select(e => e.RemoteType));
        var deepest = Assert.IsType<RemoteException>(error.InnerException!.InnerException);
        Assert.Equal(("System.FormatException", "deep"), (deepest.RemoteType, deepest.RemoteMessage));
        Assert.Contains("System.FormatException: deep", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShutdownAsync_WorkGoesOnBeyondTheLimit_KillsIt()
    {
        var executor = Make();
        var running = executor.SubmitAsync(WorkerJobs.SpinVisibly, Flag, Cancellation);
        var waiting = executor.SubmitAsync(Jobs.Seven, Cancellation);
        await ProcessIdAsync(Flag);

        Assert.False(await executor.ShutdownAsync(TimeSpan.Zero));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(await executor.ShutdownAsync(Guard));
        Assert.Equal(0, executor.WorkerCount);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Flag => Path.Combine(_folder.FullName, "runs");

    private static void Signal(string name, int processId)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{processId}"]);
        kill.WaitForExit();
    }

    private static async Task<int> ProcessIdAsync(string flag)
    {
        var clock = Stopwatch.StartNew();
        while (!File.Exists(flag) || new FileInfo(flag).Length == 0)
        {
            Assert.True(clock.Elapsed < Guard);
            await Task.Yield();
        }

        return int.Parse(await File.ReadAllTextAsync(flag), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static ProcessExecutor Make(
        int spares = 0, TimeSpan? timeout = null, long? memory = null, Action<WorkerExit>? onExit = null) =>
        new(new ProcessExecutorOptions
        {
            Name = "test",
            Workers = 1,
            Spares = spares,
            CallTimeout = timeout ?? Timeout.InfiniteTimeSpan,
            MemoryLimit = memory,
            OnWorkerExit = onExit,
            ShutdownLimit = TimeSpan.FromSeconds(20),
        });
}
