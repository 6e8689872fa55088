using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Tasks;

/// <summary>Cancelling a group with a grace period.</summary>
public sealed class GraceTests
{
    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Cancel_WithGrace_LetsFinishWhatCanAndCancelsTheRest() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        var cancelled = await TaskGroup.RunAsync(async group =>
        {
            _ = group.Start(() => WorkAsync("quick", 2, seen));
            _ = group.Start(() => WorkAsync("slow", 60, seen));
            await Loop.Delay(Seconds(1));
            group.Cancel(Seconds(5));
            Assert.True(group.Closing.IsCancellationRequested);
            Assert.False(group.Token.IsCancellationRequested);
        });

        Assert.True(cancelled);
        Assert.Equal(["quick", "slow cancelled"], seen);
        Assert.Equal(Seconds(6), Loop.Time);
    });

    [Fact]
    public void Cancel_AllEndWithinTheGrace_IsNotCancelledAndDoesNotWaitForItsEnd() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        Assert.False(await TaskGroup.RunAsync(group =>
        {
            _ = group.Start(() => WorkAsync("quick", 2, seen));
            group.Cancel(Seconds(5));
            return Task.CompletedTask;
        }));

        Assert.Equal(["quick"], seen);
        Assert.Equal(Seconds(2), Loop.Time);
    });

    [Fact]
    public void Cancel_AgainDuringTheGrace_TheEarlierEndCounts() => VirtualLoop.Run(async test =>
    {
        await TaskGroup.RunAsync(group =>
        {
            _ = group.Start(() => Loop.Delay(Seconds(60)));
            group.Cancel(Seconds(5));
            group.Cancel(Seconds(9));
            group.Cancel(Seconds(3));
            return Task.CompletedTask;
        });
        Assert.Equal(Seconds(3), Loop.Time);

        await TaskGroup.RunAsync(group =>
        {
            _ = group.Start(() => Loop.Delay(Seconds(60)));
            group.Cancel(Seconds(5));
            group.Cancel();
            return Task.CompletedTask;
        });
        Assert.Equal(Seconds(3), Loop.Time);
    });

    [Fact]
    public void Deadline_WithGrace_ClosesThenCancels() => VirtualLoop.Run(async test =>
    {
        var closedAt = TimeSpan.Zero;
        Assert.True(await TaskGroup.RunAsync(
            async group =>
            {
                using var closing = group.Closing.UnsafeRegister(_ => closedAt = Loop.Time, null);
                await Loop.Delay(Seconds(60));
            },
            deadline: Seconds(2),
            grace: Seconds(3)));

        Assert.Equal(Seconds(2), closedAt);
        Assert.Equal(Seconds(5), Loop.Time);
    });

    [Fact]
    public void ChildFails_DuringTheGrace_CancelsAtOnce() => VirtualLoop.Run(async test =>
    {
        await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(group =>
        {
            _ = group.Start(() => Loop.Delay(Seconds(60)));
            _ = group.Start(async () =>
            {
                await Loop.Delay(Seconds(1));
                throw new FormatException();
            });
            group.Cancel(Seconds(5));
            return Task.CompletedTask;
        }));

        Assert.Equal(Seconds(1), Loop.Time);
    });

    [Fact]
    public void Cancel_GraceBeyondTimeSpan_IsRefusedAndAfterTheEndDoesNothing() => VirtualLoop.Run(async test =>
    {
        TaskGroup? kept = null;
        await TaskGroup.RunAsync(async group =>
        {
            kept = group;
            await Loop.Delay(Seconds(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => group.Cancel(TimeSpan.MaxValue));
            Assert.False(group.Closing.IsCancellationRequested);
        });

        kept!.Cancel(Seconds(1));
        Assert.False(kept.Closing.IsCancellationRequested);
    });

    [Fact]
    public void Gather_Cancelled_TakesItsTasksAlongAndAwaitsTheirCleanup() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        Assert.True(await CancelScope.RunAsync(
            _ => Gather.AllAsync(
                Loop.CreateTask(() => WorkAsync("a", 60, seen)), Loop.CreateTask(() => WorkAsync("b", 60, seen))),
            Seconds(1)));
        Assert.True(await CancelScope.RunAsync(
            _ => Gather.SettledAsync(Loop.CreateTask(() => WorkAsync("c", 60, seen))), Seconds(1)));

        Assert.Equal(["a cancelled", "b cancelled", "c cancelled"], seen);
        Assert.Empty(await Gather.AllAsync<int>());
    });

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);

    private static async Task<int> WorkAsync(string name, int seconds, List<string> seen)
    {
        try
        {
            await Loop.Delay(Seconds(seconds));
            seen.Add(name);
        }
        catch (OperationCanceledException)
        {
            await Task.Yield();
            seen.Add(name + " cancelled");
            throw;
        }

        return 1;
    }
}
