using System.Diagnostics;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class TurnLagTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // In real time. A callback that a busy machine makes slow spoils its turn, so there are as many as it takes; they are
    // short, so that one has the processor to itself.
    [Fact]
    public void Loop_WhoseTurnsAreLong_ReportsThem()
    {
        var lag = new List<TurnLag>();
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            SlowCallbackDuration = TimeSpan.FromMilliseconds(4),
            ReportHandler = r => lag.AddRange(r is TurnLag found ? [found] : []),
        });
        var start = Stopwatch.GetTimestamp();
        while (!lag.Exists(l => l.Callbacks == 20) && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            for (var i = 0; i < 20; i++)
            {
                loop.CallSoon(SpinForAWhile);
            }

            loop.Stop();
            loop.RunForever();
        }

        var found = lag.Find(l => l.Callbacks == 20);
        Assert.NotNull(found);
        Assert.Contains(nameof(SpinForAWhile), found.Longest, StringComparison.Ordinal);
        Assert.StartsWith("A turn of 20 callbacks took 0.0", found.Message, StringComparison.Ordinal);
    }

    private static void SpinForAWhile()
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(0.4))
        {
            Thread.SpinWait(10);
        }
    }
}
