using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>What every executor promises. The executors are real, so the time is too.</summary>
public abstract class ExecutorContract
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitAsync_Work_IsItsResult()
    {
        await using var executor = Create(2);

        Assert.Equal(42, await executor.SubmitAsync(Jobs.Double, 21, Cancellation));
        Assert.Equal(7, await executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task SubmitAsync_WorkThrows_FailsThatCallOnly()
    {
        await using var executor = Create(1);
        var failing = executor.SubmitAsync(Jobs.Fail, "boom", Cancellation);
        var next = executor.SubmitAsync(Jobs.Double, 1, Cancellation);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => failing);

        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task SubmitAsync_WorkThrowsOperationCanceled_IsCancelled()
    {
        await using var executor = Create(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => executor.SubmitAsync(Jobs.FailAsCancelled, "stop", Cancellation));
    }

    [Fact]
    public async Task SubmitAsync_CancelledToken_NeverStarts()
    {
        await using var executor = Create(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => executor.SubmitAsync(Jobs.Fail, "ran", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task SubmitAsync_NoWork_IsRefused()
    {
        await using var executor = Create(1);

        await Assert.ThrowsAsync<ArgumentNullException>(() => executor.SubmitAsync<int>(null!, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => executor.SubmitAsync<int, int>(null!, 1, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Create_WithoutWorkers_IsRefused(int workers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(workers));

    [Fact]
    public async Task ShutdownAsync_TenThousandQueued_EndsThemAll()
    {
        await using var executor = Create(2);
        var calls = Enumerable.Range(0, 10_000)
            .Select(n => executor.SubmitAsync(Jobs.Double, n, Cancellation)).ToList();

        Assert.True(await executor.ShutdownAsync(Guard));

        Assert.Equal(Enumerable.Range(0, 10_000).Select(n => n * 2), await Task.WhenAll(calls));
    }

    [Fact]
    public async Task ShutdownAsync_TenThousandQueuedAndNoTime_LeavesNoneOpen()
    {
        await using var executor = Create(2);
        var calls = Enumerable.Range(0, 10_000)
            .Select(n => executor.SubmitAsync(Jobs.Double, n, Cancellation)).ToList();

        await executor.ShutdownAsync(TimeSpan.Zero);
        await Task.WhenAll(calls).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Guard, Cancellation);

        Assert.All(calls, c => Assert.True(c.IsCompletedSuccessfully || c.IsCanceled));
    }

    [Fact]
    public async Task SubmitAsync_AfterShutdown_IsRefused()
    {
        var executor = Create(1);
        await executor.SubmitAsync(Jobs.Seven, Cancellation);
        Assert.True(await executor.ShutdownAsync(Guard));
        Assert.True(await executor.ShutdownAsync(Guard));
        await executor.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => executor.SubmitAsync(Jobs.Seven, Cancellation));
    }

    [Fact]
    public async Task ShutdownAsync_NeverUsed_HasEnded()
    {
        await using var executor = Create(3);

        Assert.True(await executor.ShutdownAsync(Guard));
    }

    [Fact]
    public void RunInExecutor_Outcome_ComesBackOnTheLoop() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        await using var executor = Create(1);

        Assert.Equal(42, await loop.RunInExecutor(executor, Jobs.Double, 21));
        Assert.Same(loop, EventLoop.Running);
        var error = await Assert.ThrowsAnyAsync<Exception>(
            async () => await loop.RunInExecutor(executor, Jobs.Fail, "boom"));
        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
        Assert.Same(loop, EventLoop.Running);
    });

    /// <summary>An executor with so many workers.</summary>
    protected abstract IExecutor Create(int workers);
}
