using Rondo.Services.Supervision;

namespace Rondo.Services.Tests.Supervision;

public sealed class RestartPauseTests
{
    private static readonly ChildExit Crash = new(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pauses_DoubleUpToHalfAMinuteWithJitter(int seed)
    {
        var pause = new RestartPause(new Random(seed));
        var expected = RestartPause.Shortest;
        for (var crash = 0; crash < 12; crash++)
        {
            var next = pause.Next(TimeSpan.Zero, Crash);

            Assert.InRange(next, expected * 0.8, expected * 1.2);
            Assert.True(next <= RestartPause.Longest);
            expected = expected * 2 < RestartPause.Longest ? expected * 2 : RestartPause.Longest;
        }
    }

    [Fact]
    public void Pause_AfterAMinuteUp_BeginsAnew()
    {
        var pause = new RestartPause(new Random(1));
        for (var crash = 0; crash < 6; crash++)
        {
            pause.Next(TimeSpan.Zero, Crash);
        }

        Assert.True(pause.Next(RestartPause.CalmAfter - TimeSpan.FromTicks(1), Crash) > TimeSpan.FromSeconds(20));
        Assert.True(pause.Next(RestartPause.CalmAfter, Crash) < TimeSpan.FromSeconds(1));
        Assert.InRange(pause.Next(TimeSpan.Zero, Crash), TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(1.2));
    }

    [Fact]
    public void Pause_AfterMisuse_IsTheLongestAtOnce() =>
        Assert.Equal(RestartPause.Longest, new RestartPause(new Random(1)).Next(TimeSpan.Zero, new ChildExit(2)));
}
