using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>Calls that are cancelled before a worker has them: none gets them, and none has to die for them.</summary>
public sealed class EndedCallTests
{
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

    private static ProcessExecutor Make() => new(new ProcessExecutorOptions { Name = "test", Workers = 1 });
}
