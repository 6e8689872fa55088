using System.Collections.Concurrent;
using System.Diagnostics;
using Rondo.Runtime.Executors;
using Rondo.Services.Tests.Support;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>
/// Calls that are stopped while others are with the same worker. The answers are held back, and time is the test's, so
/// that what the pool knows and what the worker does differ as the test wants it; the processes are real.
/// </summary>
public sealed class WorkerStopTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // What a cancelled call that others wait behind has to end by itself.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rondo-test-");
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly ManualResetEventSlim _mayRead = new(initialState: true);
    private readonly ConcurrentQueue<WorkerExit> _exits = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_OfACallThatHasEnded_LetsTheNextOneRun(bool isCancelled)
    {
        await using var executor = await MakeAsync();
        using var stop = new CancellationTokenSource();
        var worker = executor.SubmitBlocking(WorkerJobs.SameAndId, 0, Cancellation);
        _mayRead.Reset();
        var ended = executor.SubmitAsync(Jobs.Double, 1, stop.Token);
        var next = executor.SubmitAsync(WorkerJobs.WaitForFile, PathOf("next"), Cancellation);
        var last = executor.SubmitAsync(WorkerJobs.SameAndId, 0, Cancellation);

        // So the first call's answer is on its way, unread.
        await ExistsAsync("next.begun");
        if (isCancelled)
        {
            await stop.CancelAsync();
        }

        _time.Advance(isCancelled ? Moment : CallTimeout);
        var error = await Record.ExceptionAsync(() => ended.WaitAsync(Guard, Cancellation));
        _mayRead.Set();
        await File.WriteAllTextAsync(PathOf("next"), "", Cancellation);

        Assert.True(isCancelled ? error is OperationCanceledException : error is TimeoutException);
        Assert.Equal(worker, await next.WaitAsync(Guard, Cancellation));
        Assert.Equal(worker, await last.WaitAsync(Guard, Cancellation));
        Assert.Empty(_exits);
    }

    [Fact]
    public async Task Stop_OfTheCallThatRuns_HasTheOthersRunElsewhere()
    {
        await using var executor = await MakeAsync();
        var ended = executor.SubmitAsync(Jobs.Double, 1, Cancellation);
        var endless = executor.SubmitAsync(WorkerJobs.SpinVisibly, PathOf("spins"), Cancellation);
        var others = Enumerable.Range(0, 20).Select(n => executor.SubmitAsync(Jobs.Double, n, Cancellation)).ToList();
        Assert.Equal(2, await ended);
        await ExistsAsync("spins");

        _time.Advance(CallTimeout);

        await Assert.ThrowsAsync<TimeoutException>(() => endless.WaitAsync(Guard, Cancellation));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(n => 2 * n), await Task.WhenAll(others).WaitAsync(Guard, Cancellation));
        Assert.Equal(WorkerExitReason.TimedOut, (await ExitAsync()).Reason);
    }

    /// <summary>Whichever of its threads runs first afterwards: it sees the call and that it is to be stopped.</summary>
    [Fact]
    public async Task Stop_BeforeTheWorkerHasReadTheCall_HasTheOthersRunElsewhere()
    {
        await using var executor = await MakeAsync();
        var worker = executor.SubmitBlocking(WorkerJobs.SameAndId, 0, Cancellation);
        Signal("STOP", worker);
        var first = executor.SubmitAsync(WorkerJobs.Spin, 0, Cancellation);
        var next = executor.SubmitAsync(Jobs.Double, 4, Cancellation);

        _time.Advance(CallTimeout);
        Signal("CONT", worker);

        await Assert.ThrowsAsync<TimeoutException>(() => first.WaitAsync(Guard, Cancellation));
        Assert.Equal(8, await next.WaitAsync(Guard, Cancellation));
        Assert.Equal(WorkerExitReason.TimedOut, (await ExitAsync()).Reason);
    }

    [Fact]
    public async Task Stop_OfAProcessThatDoesNotReact_KillsItAfterASecond()
    {
        await using var executor = await MakeAsync();
        var worker = executor.SubmitBlocking(WorkerJobs.SameAndId, 0, Cancellation);
        Signal("STOP", worker);
        var first = executor.SubmitAsync(Jobs.Double, 3, Cancellation);
        var next = executor.SubmitAsync(Jobs.Double, 4, Cancellation);

        _time.Advance(CallTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => first.WaitAsync(Guard, Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(8, await next.WaitAsync(Guard, Cancellation));
        Assert.Equal("SIGKILL", (await ExitAsync()).Signal);
    }

    public void Dispose()
    {
        _mayRead.Set();
        _mayRead.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void Signal(string name, int processId)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{processId}"]);
        kill.WaitForExit();
    }

    /// <summary>Of one worker that has been so quick that calls are sent to it in advance.</summary>
    private async Task<ProcessExecutor> MakeAsync()
    {
        var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Name = "test",
            Workers = 1,
            CallTimeout = CallTimeout,
            Clock = _time,
            Reading = () => _mayRead.Wait(Guard),
            OnWorkerExit = _exits.Enqueue,
        });
        await Task.WhenAll(Enumerable.Range(0, 300).Select(n => executor.SubmitAsync(Jobs.Double, n, Cancellation)));
        return executor;
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<WorkerExit> ExitAsync()
    {
        for (var clock = Stopwatch.StartNew(); _exits.IsEmpty;)
        {
            Assert.True(clock.Elapsed < Guard);
            await Task.Yield();
        }

        return Assert.Single(_exits);
    }

    private async Task ExistsAsync(string name)
    {
        for (var clock = Stopwatch.StartNew(); !File.Exists(PathOf(name));)
        {
            Assert.True(clock.Elapsed < Guard);
            await Task.Yield();
        }
    }
}
