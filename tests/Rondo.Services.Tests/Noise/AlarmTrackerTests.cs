using Rondo.Services.Noise;

namespace Rondo.Services.Tests.Noise;

public sealed class AlarmTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero);

    private static readonly NoiseRoomConfig Classroom = NoiseRoomConfig.Of("a", NoiseKind.Find("classroom")!);

    // One character a second: L loud (70), M between (63), Q quiet (50), - nothing heard; loud is 65, hold 10 s.
    [Theory]
    [InlineData("LLLLLLLLLL", "")]
    [InlineData("LLLLLLLLLLL", "10 loud")]
    [InlineData("LLLLLMMMMML", "10 loud")]
    [InlineData("LLLLLQLLLLLLLLLL", "")]
    [InlineData("MMMMMMMMMMMMMMMMMMMM", "")]
    [InlineData("LLLLLLLLLLLQQQQQQQQQQQ", "10 loud, 21 quiet")]
    [InlineData("LLLLLLLLLLLMMMMMMMMMMMMMMMMM", "10 loud")]
    [InlineData("LLLLLLLLLLLQQQQQMQQQQQQQQQQ", "10 loud")]
    [InlineData("LLLLLLLLLLL-----------", "10 loud, 21 quiet")]
    [InlineData("LQLQLQLQLQLQLQLQLQLQLQLQLQ", "")]
    public void Observe_LevelsOfSeconds_TellsWhenItTurns(string levels, string told)
    {
        var (alarm, turns) = (new AlarmTracker(), new List<string>());
        for (var second = 0; second < levels.Length; second++)
        {
            double? level = levels[second] switch { 'L' => 70, 'M' => 63, 'Q' => 50, _ => null };
            if (alarm.Observe(Start.AddSeconds(second), level, Classroom, hysteresis: 3, counts: true))
            {
                turns.Add($"{second} {(alarm.IsLoud ? "loud" : "quiet")}");
            }
        }

        Assert.Equal(told, string.Join(", ", turns));
    }

    [Fact]
    public void Observe_OutsideTheHours_IsQuiet()
    {
        var alarm = new AlarmTracker();
        for (var second = 0; second < 60; second++)
        {
            Assert.False(alarm.Observe(Start.AddSeconds(second), 90, Classroom, 3, counts: false));
        }
    }

    [Theory]
    [InlineData("08:00-16:00", "08:00", true)]
    [InlineData("08:00-16:00", "16:00", false)]
    [InlineData("22:00-06:00", "23:30", true)]
    [InlineData("22:00-06:00", "12:00", false)]
    [InlineData("00:00-24:00", "12:00", null)]
    [InlineData("20:00-24:00", "23:59", true)]
    [InlineData("8-16", "12:00", null)]
    [InlineData("08:00-25:00", "12:00", null)]
    public void Hours_ContainTheirBeginAndNotTheirEnd(string hours, string time, bool? contains) =>
        Assert.Equal(contains, NoiseHours.Parse(hours)?.Contains(TimeOnly.Parse(time, null)));
}
