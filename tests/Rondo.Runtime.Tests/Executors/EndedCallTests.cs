using System.Diagnostics;
using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>Calls that are cancelled before a worker has them: none gets them, and none has to die for them.</summary>
public sealed class EndedCallTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rondo-test-");
    private readonly HookedClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitBlocking_TokenAlreadyCancelled_DoesNotRun()
    {
        await using var executor = Make();
        var worker = executor.SubmitBlocking(WorkerJobs.SameAndId, 0, Cancellation);

        Assert.ThrowsAny<OperationCanceledException>(
            () => executor.SubmitBlocking(WorkerJobs.Exit, 3, new CancellationToken(canceled: true)));

        Assert.Equal(worker, executor.SubmitBlocking(WorkerJobs.SameAndId, 0, Cancellation));
    }

    /// <summary>The token is cancelled while the pool is locked, just before it gives out what waits.</summary>
    [Fact]
    public async Task Cancellation_AsTheCallIsGivenOut_CostsNoWorker()
    {
        await using var executor = Make();
        var go = Path.Combine(_folder.FullName, "go");
        var first = executor.SubmitAsync(WorkerJobs.WaitForFile, go, Cancellation);
        for (var waited = Stopwatch.StartNew(); !File.Exists(go + ".begun");)
        {
            Assert.True(waited.Elapsed < Guard);
            await Task.Yield();
        }

        using var stop = new CancellationTokenSource();
        var call = executor.SubmitAsync(WorkerJobs.Exit, 3, stop.Token);
        Task? cancelling = null;
        _clock.Hook = () =>
        {
            cancelling = Task.Run(stop.Cancel, Cancellation);
            SpinWait.SpinUntil(() => call.IsCanceled, Guard);
        };
        await File.WriteAllTextAsync(go, "", Cancellation);
        var worker = await first.WaitAsync(Guard, Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Guard, Cancellation));
        await cancelling!.WaitAsync(Guard, Cancellation);
        Assert.Equal(worker, await executor.SubmitAsync(WorkerJobs.ProcessId, Cancellation));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ProcessExecutor Make() => new(new ProcessExecutorOptions { Name = "test", Workers = 1, Clock = _clock });

    /// <summary>The system's time; runs something when it is next asked for.</summary>
    private sealed class HookedClock : TimeProvider
    {
        private Action? _hook;

        public Action Hook
        {
            set => Volatile.Write(ref _hook, value);
        }

        public override long GetTimestamp()
        {
            Interlocked.Exchange(ref _hook, null)?.Invoke();
            return base.GetTimestamp();
        }
    }
}
