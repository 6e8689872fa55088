using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

/// <summary>What becomes of a task whose body ends with a cancellation that nobody has asked of it.</summary>
public sealed class CancelledBodyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Task_AwaitsOneThatIsCancelled_EndsCancelledAndSaysWhy() => Run(async () =>
    {
        var inner = Loop.CreateTask(() => Loop.Delay(Long), "inner");
        var outer = Loop.CreateTask(async () => await inner, "outer");
        var outermost = Loop.CreateTask(async () => await outer, "outermost");
        await Loop.Delay(TimeSpan.FromSeconds(1));

        inner.Cancel("enough");
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await outermost);

        Assert.True(outer.IsCanceled);
        Assert.True(outermost.IsCanceled);
        Assert.Equal("outermost was cancelled.", error.Message);
        Assert.True(error.CancellationToken.IsCancellationRequested);
        Assert.IsType<TaskCanceledException>(error.InnerException);
        Assert.Null(error.InnerException.InnerException);
        Assert.Equal(0, outermost.Cancelling);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outermost.AsTask());
        Assert.True(outermost.AsTask().IsCanceled);
    });

    [Fact]
    public void Task_AwaitsAFutureThatIsCancelled_EndsCancelled() => Run(async () =>
    {
        var future = Loop.CreateFuture<int>();
        var task = Loop.CreateTask(async () => await future);
        await Loop.Delay(TimeSpan.FromSeconds(1));

        future.Cancel("enough");
        await Loop.Delay(TimeSpan.FromSeconds(1));

        Assert.True(task.IsCanceled);
    });

    [Fact]
    public void Body_ThatThrowsACancellation_EndsCancelled() => Run(async () =>
    {
        var task = Loop.CreateTask(() => throw new OperationCanceledException("mine"));
        await Loop.Delay(TimeSpan.FromSeconds(1));

        Assert.True(task.IsCanceled);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await task);
        Assert.Equal("mine", error.InnerException!.Message);
    });

    [Fact]
    public void Body_WhoseCancellationCarriesAnotherError_FailsAndIsReported()
    {
        // As HttpClient does when its time limit has passed.
        Run(
            async () =>
            {
                var task = Loop.CreateTask(() => throw new TaskCanceledException("slow", new TimeoutException()));
                await Loop.Delay(TimeSpan.FromSeconds(1));

                Assert.False(task.IsCanceled);
            },
            "slow");
    }

    [Fact]
    public void Group_WhoseChildEndsCancelled_IsNotFailed() => Run(async () =>
    {
        var gone = Loop.CreateFuture<int>();
        var other = 0;
        Assert.False(await TaskGroup.RunAsync(group =>
        {
            group.Start(async () => await gone);
            group.Start(async () =>
            {
                await Loop.Delay(Long);
                other++;
            });
            Loop.CallSoon(() => gone.Cancel());
            return Task.CompletedTask;
        }));

        Assert.Equal(1, other);
    });

    private static void Run(Func<Task> main, params string[] reported)
    {
        var errors = new List<string>();
        VirtualLoop.Run(
            _ => main(), options: new LoopOptions { ErrorHandler = error => errors.Add(error.Exception.Message) });
        Assert.Equal(reported, errors);
    }
}
