using System.Diagnostics;
using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Time;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class TurnLagTests
{
    private readonly List<LoopReport> _reports = [];
    private readonly VirtualClock _clock = new();

    [Fact]
    public void Turn_OfManyCallbacksOverTheLimit_IsReportedWithTheLongest()
    {
        Run([40, 50, 20]);

        var lag = Assert.IsType<TurnLag>(Assert.Single(_reports));
        Assert.Equal(3, lag.Callbacks);
        Assert.Equal(TimeSpan.FromMilliseconds(110), lag.Took);
        Assert.Equal(TimeSpan.FromMilliseconds(50), lag.LongestTook);
        Assert.Contains(nameof(Longest), lag.Longest, StringComparison.Ordinal);
        Assert.Equal(
            $"A turn of 3 callbacks took 0.110 seconds; the longest was {lag.Longest} with 0.050", lag.Message);
    }

    [Theory]
    [InlineData(30, 50, 19)]
    [InlineData(10, 100, 20)]
    public void Turn_UnderTheLimitOrWithASlowCallback_IsNotReported(params int[] milliseconds)
    {
        Run(milliseconds);

        Assert.Empty(_reports);
    }

    [Fact]
    public void Turns_EachUnderTheLimit_AreNotAddedUp()
    {
        var detector = Detector();
        Run(detector, [60, 30]);
        Run(detector, [60, 30]);

        Assert.Empty(_reports);
    }

    // The one test in real time: a loop in debug mode uses the detector. A callback that a busy machine makes slow
    // spoils its turn, so there are many.
    [Fact]
    public void Loop_WhoseTurnsAreLong_ReportsThem()
    {
        var lag = new List<TurnLag>();
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            SlowCallbackDuration = TimeSpan.FromMilliseconds(10),
            ReportHandler = r => lag.AddRange(r is TurnLag found ? [found] : []),
        });
        for (var turn = 0; turn < 100 && lag.Count == 0; turn++)
        {
            for (var i = 0; i < 20; i++)
            {
                loop.CallSoon(SpinForAMillisecond);
            }

            loop.Stop();
            loop.RunForever();
        }

        Assert.Equal(20, Assert.Single(lag).Callbacks);
    }

    private static void SpinForAMillisecond()
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(1))
        {
            Thread.SpinWait(10);
        }
    }

    private static void Longest()
    {
    }

    private static void Other()
    {
    }

    private TurnLagDetector Detector() => new(
        new EventLoop(new LoopOptions { ReportHandler = r => _reports.AddRange(r is Unclosed ? [] : [r]) }), _clock);

    private void Run(int[] milliseconds) => Run(Detector(), milliseconds);

    private void Run(TurnLagDetector detector, int[] milliseconds)
    {
        detector.TurnStarting();
        foreach (var time in milliseconds)
        {
            detector.CallbackStarting(time == milliseconds.Max() ? (Action)Longest : Other);
            _clock.Move(TimeSpan.FromMilliseconds(time));
            detector.CallbackEnded();
        }

        detector.TurnEnded();
    }
}
