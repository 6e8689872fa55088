using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Tests.Noise.Levels;

public sealed class LevelSummaryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(60, 1, 80, 1, 77.03)]
    [InlineData(50, 59, 100, 1, 82.22)]
    [InlineData(50, 60, 65, 30, 60.50)]
    [InlineData(40, 54, 70, 6, 60.04)]
    public void Leq_OfTwoStretches_IsTheMeanOfTheirEnergies(
        double first, int firstSeconds, double second, int secondSeconds, double leq)
    {
        var timeline = new LevelTimeline();
        timeline.Add("a", Start, TimeSpan.FromSeconds(firstSeconds), first, first, LevelFlags.None);
        timeline.Add(
            "a", Start.AddSeconds(firstSeconds), TimeSpan.FromSeconds(secondSeconds), second, second, LevelFlags.None);

        var all = timeline.Summarise(Start, Start.AddMinutes(2));

        Assert.Equal(leq, all.Leq!.Value, 2);
        Assert.Equal(firstSeconds + secondSeconds, all.Sum.Seconds, 6);
    }

    [Fact]
    public void Devices_SeveralInOneSecond_AreTheirEnergyMean()
    {
        var timeline = new LevelTimeline();
        timeline.Add("a", Start, TimeSpan.FromSeconds(1), 60, 66, LevelFlags.None);
        timeline.Add("b", Start, TimeSpan.FromSeconds(1), 80, 85, LevelFlags.Uncalibrated);
        timeline.Add("b", Start.AddSeconds(1), TimeSpan.FromSeconds(1), 80, 85, LevelFlags.Uncalibrated);

        var first = timeline.Summarise(Start, Start.AddSeconds(1));

        Assert.Equal(77.03, first.Leq!.Value, 2);
        Assert.Equal((85, 2, LevelFlags.Uncalibrated), (first.Lmax, first.Devices, first.Flags));
        Assert.Equal(1, first.Sum.Seconds);
        Assert.Equal(2, timeline.Summarise(Start, Start.AddMinutes(1)).Sum.Seconds);
    }

    [Fact]
    public void Frame_AcrossTwoSeconds_CountsInBothForItsPart()
    {
        var timeline = new LevelTimeline();
        timeline.Add("a", Start.AddMilliseconds(400), TimeSpan.FromSeconds(1), 50, 60, LevelFlags.None);

        Assert.Equal(0.6, timeline.Summarise(Start, Start.AddSeconds(1)).Sum.Seconds, 6);
        Assert.Equal(0.4, timeline.Summarise(Start.AddSeconds(1), Start.AddSeconds(2)).Sum.Seconds, 6);
        Assert.Equal(50, timeline.Summarise(Start.AddSeconds(1), Start.AddSeconds(2)).Leq!.Value, 6);
    }

    [Fact]
    public void Gap_IsAGapAndNotZero()
    {
        var timeline = new LevelTimeline();
        timeline.Add("a", Start, TimeSpan.FromSeconds(30), 50, 50, LevelFlags.None);
        timeline.Add("a", Start.AddSeconds(30), TimeSpan.FromSeconds(10), null, 0, LevelFlags.Muted);

        var minute = timeline.Summarise(Start, Start.AddMinutes(1));

        Assert.Equal(50, minute.Leq!.Value, 6);
        Assert.Equal(50, minute.Coverage(TimeSpan.FromMinutes(1)));
        Assert.Equal(LevelFlags.Muted, minute.Flags);
        Assert.Equal((30, 50.0), (minute.Histogram.Count, minute.Histogram.Exceeded(90)));
        Assert.Null(timeline.Summarise(Start.AddSeconds(30), Start.AddMinutes(1)).Leq);
    }

    [Fact]
    public void Summaries_OfMinutes_MakeThatOfTheHour()
    {
        var (timeline, random, hour) = (new LevelTimeline(), new Random(3), new LevelSummary());
        for (var second = 0; second < 3600; second++)
        {
            var level = 40 + (random.NextDouble() * 30);
            timeline.Add("a", Start.AddSeconds(second), TimeSpan.FromSeconds(1), level, level + 3, LevelFlags.None);
        }

        foreach (var minute in timeline.Minutes())
        {
            hour.Add(timeline.Summarise(minute, minute.AddMinutes(1)));
        }

        var whole = timeline.Summarise(Start, Start.AddHours(1));
        Assert.Equal(whole.Leq!.Value, hour.Leq!.Value, 9);
        Assert.Equal(whole.Histogram.ToBytes(), hour.Histogram.ToBytes());
        Assert.Equal((whole.Lmax, 3600), (hour.Lmax, hour.Histogram.Count));
    }
}
