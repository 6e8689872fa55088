using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;
using Rondo.Runtime.Tests.Diagnostics;

namespace Rondo.Runtime.Tests.Tasks;

/// <summary>Wherever a duration is taken, the platform's infinite one means without limit, although it is negative.</summary>
public sealed class UnlimitedTests
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Delay_EndsByCancellationAlone() => VirtualLoop.Run(async test =>
    {
        var delay = Loop.CreateTask(() => Loop.Delay(Never));
        await Loop.Delay(Year);
        Assert.False(delay.IsCompleted);

        delay.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay.AsTask());
    });

    [Fact]
    public void Delay_NobodyCancels_IsADeadlockThatIsNamed()
    {
        var deadlock = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(_ => Loop.Delay(Never)));

        Assert.Contains("a delay without limit", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CallLater_IsNotScheduledUntilItIsScheduledAnew() => VirtualLoop.Run(async test =>
    {
        var calls = 0;
        var timer = Loop.CallLater(Never, () => calls++);
        await Loop.Delay(Year);
        Assert.Equal((0, false, TimeSpan.MaxValue), (calls, timer.IsScheduled, timer.When));

        timer.Reschedule(Year);
        await Loop.Delay(Year);
        Assert.Equal(1, calls);

        timer.Reschedule(Year);
        timer.Reschedule(Never);
        await Loop.Delay(Year * 2);
        Assert.Equal(1, calls);
    });

    [Fact]
    public void Scopes_HaveNoDeadline() => VirtualLoop.Run(async test =>
    {
        Assert.False(await CancelScope.RunAsync(_ => Loop.Delay(Year), deadline: Never));
        Assert.False(await TimeoutScope.RunAsync(Never, _ => Loop.Delay(Year)));
        Assert.False(await TaskGroup.RunAsync(_ => Loop.Delay(Year), deadline: Never));
        Assert.Equal(Year * 3, Loop.Time);
    });

    [Fact]
    public void WaitFor_RunsTheWork() => VirtualLoop.Run(async test => Assert.Equal(
        7,
        await TimeoutScope.WaitForAsync(
            async _ =>
            {
                await Loop.Delay(Year);
                return 7;
            },
            Never)));

    [Fact]
    public void Gather_WaitsToTheEnd() => VirtualLoop.Run(async test =>
    {
        LoopFuture[] futures = [Loop.CreateTask(() => Loop.Delay(Year))];

        Assert.Equal(futures, (await Gather.WaitAsync(futures, timeout: Never)).Done);
    });

    [Fact]
    public void Grace_ClosesTheGroupAndLetsItEnd() => VirtualLoop.Run(async test =>
    {
        Assert.False(await TaskGroup.RunAsync(async group =>
        {
            group.Cancel(Never);
            Assert.True(group.Closing.IsCancellationRequested);
            await Loop.Delay(Year);
        }));
        Assert.Equal(Year, Loop.Time);
    });

    [Fact]
    public void Grace_OfOtherLength_CountsBeforeAndAfter() => VirtualLoop.Run(async test =>
    {
        Assert.True(await TaskGroup.RunAsync(async group =>
        {
            group.Cancel(Never);
            group.Cancel(TimeSpan.FromSeconds(5));
            group.Cancel(Never);
            await Loop.Delay(Year);
        }));
        Assert.Equal(TimeSpan.FromSeconds(5), Loop.Time);
    });

    [Theory]
    [InlineData(-2)]
    [InlineData(0)]
    public void OtherDurations_ThatAreNotPositive_ArePast(int milliseconds) => VirtualLoop.Run(async test =>
    {
        var past = TimeSpan.FromMilliseconds(milliseconds);

        Assert.True(await CancelScope.RunAsync(_ => Loop.Delay(Year), deadline: past));
        await Assert.ThrowsAsync<TimeoutException>(() => TimeoutScope.RunAsync(past, _ => Loop.Delay(Year)));
        await Assert.ThrowsAsync<TimeoutException>(
            () => TimeoutScope.WaitForAsync<int>(_ => throw new FormatException("It was started."), past));
        Assert.Equal(TimeSpan.Zero, Loop.Time);
    });

    [Fact]
    public void SlowCallbackDuration_ReportsNothing()
    {
        var reports = new Reports();
        using var loop = new EventLoop(
            reports.Options with { SlowCallbackDuration = Never, SlowPollDuration = Never });
        loop.CallLater(TimeSpan.FromMilliseconds(1), loop.Stop);
        loop.RunForever();

        Assert.Empty(reports.All);
    }
}
