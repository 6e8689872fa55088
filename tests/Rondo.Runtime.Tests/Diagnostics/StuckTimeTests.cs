using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class StuckTimeTests
{
    private static readonly TimeSpan Interval = Ms(25);

    [Fact]
    public void ThreadThatWaits_CountsAllItsTime() => Assert.Equal(Ms(35), Stuck(At(0), At(25)));

    [Fact]
    public void ThreadThatRuns_CountsWhatItHadOfTheProcessor() =>
        Assert.Equal(Ms(10 + 7), Stuck(At(0), At(25) with { IsRunnable = true, Times = new(Ms(7), Ms(0)) }));

    [Fact]
    public void ThreadThatWaitedForTheProcessor_DoesNotCountThat() =>
        Assert.Equal(Ms(10 + 5), Stuck(At(0), At(25) with { Times = new(Ms(0), Ms(20)) }));

    [Fact]
    public void ProcessThatStoodStill_CountsAsIfTheReaderHadBeenLittleLate() =>
        Assert.Equal(Ms(10 + 50), Stuck(At(0), At(5000)));

    [Fact]
    public void CollectionOfGarbage_DoesNotCount() =>
        Assert.Equal(Ms(10 + 5), Stuck(At(0), At(25) with { Pauses = Ms(20) }));

    [Fact]
    public void Compiling_DoesNotCountForAThreadThatRuns() => Assert.Equal(
        Ms(10 + 5),
        Stuck(At(0), At(25) with { IsRunnable = true, Times = new(Ms(25), Ms(0)), Compiling = Ms(20) }));

    [Fact]
    public void CompilingOfOthers_CountsForAThreadThatWaits() =>
        Assert.Equal(Ms(35), Stuck(At(0), At(25) with { Compiling = Ms(20) }));

    [Fact]
    public void WithoutTheKernelsWord_TheClockCounts() =>
        Assert.Equal(Ms(35), Stuck(At(0) with { Times = null }, At(25) with { Times = null }));

    [Fact]
    public void ThreadThatWaitsForAStarvedOne_CountsThatForAnEighth() =>
        Assert.Equal(Ms(10 + 3), Stuck(At(0), At(24), starved: Ms(24)));

    [Fact]
    public void Start_ForgivesWhatNobodyHasWatched()
    {
        var stuck = new StuckTime(Interval);

        stuck.Restart(Ms(1000), At(0));

        Assert.Equal(Interval, stuck.Total);
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static ThreadReading At(int milliseconds) =>
        new(Ms(milliseconds), new OsThreadTimes(Ms(0), Ms(0)), false, Ms(0), Ms(0));

    /// <summary>For a callback that has run for 10 ms at the first reading.</summary>
    private static TimeSpan Stuck(ThreadReading first, ThreadReading second, TimeSpan starved = default)
    {
        var stuck = new StuckTime(Interval);
        stuck.Restart(Ms(10), first);
        stuck.Add(second, starved);
        return stuck.Total;
    }
}
