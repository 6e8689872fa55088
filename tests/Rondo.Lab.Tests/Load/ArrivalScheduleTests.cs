using Rondo.Lab.Load;

namespace Rondo.Lab.Tests.Load;

public sealed class ArrivalScheduleTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Next_EvenArrivals_AllThreadsTogetherAreExact(int threads)
    {
        var all = Enumerable.Range(0, threads)
            .SelectMany(i => Take(new ArrivalSchedule(1000, 0, 6, i, threads, random: null)))
            .Order()
            .ToList();

        Assert.Equal(6000, all.Count);
        Assert.All(all.Index(), a => Assert.InRange(a.Item, (a.Index * Millisecond) - 1, (a.Index * Millisecond) + 1));
    }

    [Fact]
    public void Next_Ramp_GrowsToTheRate()
    {
        var all = Take(new ArrivalSchedule(1000, 2, 1, 0, 1, random: null));

        // Half the rate on average while it grows, and half of that in the first half of the time... squared: a quarter.
        Assert.Equal(1000, all.Count(a => a < 2000 * Millisecond));
        Assert.Equal(250, all.Count(a => a < 1000 * Millisecond));
        Assert.Equal(1000, all.Count(a => a >= 2000 * Millisecond));
    }

    [Fact]
    public void Next_Random_IsTheSameForTheSameSeedAndHasTheRate()
    {
        var first = Take(new ArrivalSchedule(1000, 0, 10, 0, 2, new Random(1)));
        var again = Take(new ArrivalSchedule(1000, 0, 10, 0, 2, new Random(1)));
        var gaps = first.Zip(first.Skip(1), (a, b) => (double)(b - a) / Millisecond).ToList();

        Assert.Equal(first, again);
        Assert.Equal(first.Order(), first);
        Assert.InRange(first.Count, 4700, 5300);

        // Exponential gaps: their deviation is their mean.
        var deviation = Math.Sqrt(gaps.Average(g => Math.Pow(g - gaps.Average(), 2)));
        Assert.InRange(deviation / gaps.Average(), 0.9, 1.1);
    }

    private static List<long> Take(ArrivalSchedule schedule)
    {
        var all = new List<long>();
        for (; schedule.Next != long.MaxValue; schedule.Advance())
        {
            all.Add(schedule.Next);
        }

        return all;
    }
}
