using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

public sealed class DelayTests
{
    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Delay_OfAYear_EndsOnTime() => VirtualLoop.Run(async test =>
    {
        await Loop.Delay(TimeSpan.FromDays(365));

        Assert.Equal(TimeSpan.FromDays(365), Loop.Time);
    });

    [Fact]
    public void Delay_BeyondTimeSpan_IsRefused() => VirtualLoop.Run(async test =>
    {
        await Loop.Delay(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("delay", () => Loop.Delay(TimeSpan.MaxValue));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Delay_ZeroOrLess_GivesTheOthersATurn(int seconds) => VirtualLoop.Run(async test =>
    {
        var other = false;
        Loop.CallSoon(() => other = true);

        await Loop.Delay(TimeSpan.FromSeconds(seconds));

        Assert.True(other);
        Assert.Equal(TimeSpan.Zero, Loop.Time);
    });

    [Fact]
    public void Delay_Cancelled_RunsTheCleanupInTheNextTurnNotInsideCancel() => VirtualLoop.Run(async test =>
    {
        var cleaned = false;
        var task = Loop.CreateTask(async () =>
        {
            try
            {
                await Loop.Delay(TimeSpan.FromHours(1));
            }
            finally
            {
                cleaned = true;
            }
        });
        await Loop.Delay(TimeSpan.FromSeconds(1));

        task.Cancel();
        Assert.False(cleaned);
        await Task.Yield();

        Assert.True(cleaned);
        Assert.Equal(TimeSpan.FromSeconds(1), Loop.Time);
    });

    [Fact]
    public void Delay_InACancelledScopeAgainAndAgain_LeavesTheOthersTheirTurns() => VirtualLoop.Run(async test =>
    {
        var others = 0;
        await CancelScope.RunAsync(async scope =>
        {
            scope.Cancel();
            for (var i = 0; i < 10; i++)
            {
                Loop.CallSoon(() => others++);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop.Delay(TimeSpan.FromHours(1)));
            }
        });

        Assert.Equal(10, others);
        Assert.Equal(TimeSpan.Zero, Loop.Time);
    });
}
