using System.Diagnostics;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class TurnLagTests
{
    // In real time. A callback that a busy machine makes slow spoils its turn, so there are many.
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

        var found = Assert.Single(lag);
        Assert.Equal(20, found.Callbacks);
        Assert.Contains(nameof(SpinForAMillisecond), found.Longest, StringComparison.Ordinal);
        Assert.StartsWith("A turn of 20 callbacks took 0.0", found.Message, StringComparison.Ordinal);
    }

    private static void SpinForAMillisecond()
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(1))
        {
            Thread.SpinWait(10);
        }
    }
}
