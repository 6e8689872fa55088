using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>How workers start, and what happens when they do not. They are real, so the time is, too.</summary>
public sealed class WorkerStartTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Initializer_RunsOnceInEachWorker()
    {
        await using var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            MaxTasksPerWorker = 2,
            Initializer = WorkerJobs.Initialize,
        });

        var seen = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => executor.SubmitAsync(WorkerJobs.Initialized, Cancellation)));

        Assert.Equal([1, 1, 1, 1, 1], seen);
    }

    [Fact]
    public async Task Initializer_Throws_FailsTheCallsThatWait()
    {
        await using var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 2,
            Initializer = WorkerJobs.FailToInitialize,
        });
        var calls = Enumerable.Range(0, 5).Select(_ => executor.SubmitAsync(Jobs.Seven, Cancellation)).ToList();

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => call.WaitAsync(Guard, Cancellation));
            Assert.Contains("cannot begin", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Initializer_NeverEnds_IsKilledAtTheLimitAndFailsTheCallsThatWait()
    {
        await using var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Initializer = WorkerJobs.NeverInitialize,
            StartTimeout = TimeSpan.FromSeconds(2),
        });

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(
            () => executor.SubmitAsync(Jobs.Seven, Cancellation).WaitAsync(Guard, Cancellation));

        Assert.Contains("initialiser", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_WhileAnInitializerNeverEnds_KillsTheWorker()
    {
        var exit = new TaskCompletionSource<WorkerExit>();
        var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Initializer = WorkerJobs.NeverInitialize,
            ShutdownLimit = TimeSpan.FromSeconds(1),
            OnWorkerExit = exit.SetResult,
        });
        var call = executor.SubmitAsync(Jobs.Seven, Cancellation);

        await executor.DisposeAsync().AsTask().WaitAsync(Guard, Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Guard, Cancellation));
        await exit.Task.WaitAsync(Guard, Cancellation);
    }

    [Fact]
    public async Task Start_TakesTooLong_FailsTheCallsThatWait()
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory().FullName, "slow");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nexec sleep 60\n", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Program = program,
            StartTimeout = TimeSpan.FromSeconds(0.2),
        });

        var error = await Assert.ThrowsAsync<WorkerCrashedException>(
            () => executor.SubmitAsync(Jobs.Seven, Cancellation).WaitAsync(Guard, Cancellation));

        Assert.Contains("did not come within 0.2 s", error.Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
    }

    [Theory]
    [InlineData("/bin/false", "exit code 1")]
    [InlineData("/no/such/program", "/no/such/program")]
    public async Task Start_Fails_FailsTheCallsThatWait(string program, string reason)
    {
        await using var executor = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, Program = program });
        var calls = Enumerable.Range(0, 5).Select(_ => executor.SubmitAsync(Jobs.Seven, Cancellation)).ToList();

        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => call.WaitAsync(Guard, Cancellation));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }
}
