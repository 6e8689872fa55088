using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Tasks;

/// <summary>Wait and as-completed.</summary>
public sealed class WaitTests
{
    private static EventLoop Loop => EventLoop.Running!;

    [Theory]
    [InlineData(WaitUntil.AllCompleted, "1 2 3 4", "", 4)]
    [InlineData(WaitUntil.FirstCompleted, "2", "1 3 4", 1)]
    [InlineData(WaitUntil.FirstException, "1 2 4", "3", 3)]
    public void WaitAsync_Until_ReturnsThenWithBothPartsInOrder(
        WaitUntil until, string done, string pending, int seconds) => VirtualLoop.Run(async test =>
    {
        LoopTask[] tasks = [After(2, "1"), After(1, "2"), After(4, "3"), After(3, "4", new FormatException())];

        var outcome = await Gather.WaitAsync(tasks, until);

        Assert.Equal(done, string.Join(' ', outcome.Done.Select(t => t.Name)));
        Assert.Equal(pending, string.Join(' ', outcome.Pending.Select(t => t.Name)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), Loop.Time);
        Assert.All(outcome.Pending, t => Assert.Equal(0, t.Cancelling));
        await Gather.WaitAsync(tasks);
        _ = tasks[3].Exception;
    });

    [Fact]
    public void WaitAsync_Timeout_ReturnsWhatThereIsAndCancelsNothing() => VirtualLoop.Run(async test =>
    {
        var (done, pending) = await Gather.WaitAsync(
            [After(1, "fast"), After(9, "slow")], timeout: TimeSpan.FromSeconds(2));

        Assert.Equal("fast", Assert.Single(done).Name);
        Assert.Equal(TimeSpan.FromSeconds(2), Loop.Time);
        await Assert.Single(pending);
    });

    [Fact]
    public void WaitAsync_FirstException_ACancelledOneIsNone() => VirtualLoop.Run(async test =>
    {
        var cancelled = Loop.CreateFuture<int>();
        var other = Loop.CreateFuture<int>();
        Loop.CallLater(TimeSpan.FromSeconds(1), () => cancelled.Cancel());
        Loop.CallLater(TimeSpan.FromSeconds(2), () => other.SetResult(1));

        var (done, _) = await Gather.WaitAsync([cancelled, other], WaitUntil.FirstException);

        Assert.Equal(2, done.Count);
    });

    [Fact]
    public void WaitAsync_Cancelled_LeavesTheTasksAlone() => VirtualLoop.Run(async test =>
    {
        var task = After(5, "slow");

        Assert.True(await CancelScope.RunAsync(_ => Gather.WaitAsync([task]), TimeSpan.FromSeconds(1)));

        Assert.Equal(TimeSpan.FromSeconds(1), Loop.Time);
        Assert.Equal("slow", await task);
    });

    [Fact]
    public void WaitAsync_Nothing_IsRefused() => VirtualLoop.Run(test =>
        Assert.ThrowsAsync<ArgumentException>("futures", () => Gather.WaitAsync<LoopTask>([])));

    [Fact]
    public void AsCompletedAsync_Tasks_ComeInTheOrderInWhichTheyEndAndOnTheLoop() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        var failing = After(3, "c", new FormatException());
        LoopTask<string>[] tasks = [failing, After(1, "a"), After(2, "b"), After(2, "b2")];
        await tasks[1];
        await foreach (var task in Gather.AsCompletedAsync(tasks, TestContext.Current.CancellationToken))
        {
            Assert.NotNull(EventLoop.Running);
            Assert.True(task.IsCompleted);
            seen.Add(task.Name);
        }

        Assert.Equal(["a", "b", "b2", "c"], seen);
        Assert.IsType<FormatException>(failing.Exception);
    });

    [Fact]
    public void AsCompletedAsync_LeftEarly_LeavesTheOthersAlone() => VirtualLoop.Run(async test =>
    {
        var slow = After(5, "slow");
        await foreach (var task in Gather.AsCompletedAsync(
            [slow, After(1, "fast")], TestContext.Current.CancellationToken))
        {
            Assert.Equal("fast", task.Name);
            break;
        }

        Assert.Equal("slow", await slow);
    });

    [Fact]
    public void AsCompletedAsync_ScopeOrTokenCancelled_EndsTheWaitingOnly() => VirtualLoop.Run(async test =>
    {
        var slow = After(9, "slow");
        Assert.True(await CancelScope.RunAsync(async _ => await EachAsync(default), TimeSpan.FromSeconds(1)));
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1), Loop.TimeProvider);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EachAsync(stop.Token));

        Assert.Equal(TimeSpan.FromSeconds(2), Loop.Time);
        Assert.Equal("slow", await slow);

        async Task EachAsync(CancellationToken token)
        {
            await foreach (var task in Gather.AsCompletedAsync([slow], token))
            {
                Assert.Fail(task.Name);
            }
        }
    });

    private static LoopTask<string> After(int seconds, string name, Exception? error = null) => Loop.CreateTask(
        async () =>
        {
            await Loop.Delay(TimeSpan.FromSeconds(seconds));
            return error is null ? name : throw error;
        },
        name);
}
