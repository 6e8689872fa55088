using System.Collections.Concurrent;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>Blocks loops in real time, which is what a watchdog watches; each for a few tenths of a second.</summary>
public sealed class LoopWatchdogTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void OnePlace_OverAndOver_IsReportedOnceWhileEachSlowCallbackIs()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop =>
        {
            for (var i = 0; i < 3; i++)
            {
                loop.CallSoon(() => never.Wait(Long));
            }
        });

        Assert.Single(reports.OfType<BlockingCall>());
        Assert.Equal(3, reports.OfType<SlowCallback>().Count());
    }

    [Fact]
    public void OneCallback_AtSeveralPlaces_IsReportedOnce()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop => loop.CallSoon(() =>
        {
            never.Wait(Long);
            never.Wait(Long);
        }));

        Assert.Single(reports.OfType<BlockingCall>());
    }

    [Fact]
    public void WaitThatEndsSoon_IsNotReported()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop => loop.CallSoon(() => never.Wait(5)));

        Assert.Empty(reports);
    }

    [Fact]
    public void LoopWithNothingToDo_IsNotReported() => Assert.Empty(Run(loop => loop.CallLater(Long, () => { })));

    [Fact]
    public void LimitOfTheOptions_IsTheWatchdogsToo()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop => loop.CallSoon(() => never.Wait(Long)), limit: TimeSpan.FromSeconds(10));

        Assert.Empty(reports);
    }

    [Fact]
    public void Debug_SwitchedOff_EndsTheWatch()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop => loop.CallSoon(() =>
        {
            loop.Debug = false;
            loop.CallSoon(() => never.Wait(Long));
        }));

        Assert.Empty(reports);
    }

    [Fact]
    public void TurnOfManyCallbacks_ThatTogetherTakeTooLong_IsReportedAsAWhole()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop =>
        {
            for (var i = 0; i < 10; i++)
            {
                loop.CallSoon(() => never.Wait(25));
            }

            loop.CallSoon(() => never.Wait(50));
        });

        var turn = Assert.IsType<SlowTurn>(Assert.Single(reports));
        Assert.InRange(turn.Callbacks, 11, 12);
        Assert.InRange(turn.LongestTook, TimeSpan.FromMilliseconds(50), turn.Took);
        Assert.StartsWith($"Executing {turn.Callbacks} callbacks of one turn took 0.", turn.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheDiagnosticsPort_ReportsHaveWhatIsLeft()
    {
        var (exitCode, output) = await ChildRun.RunAsync(
            $"{typeof(LoopWatchdogTests).FullName}.{nameof(ReportsWithoutThePort)}", ("DOTNET_EnableDiagnostics", "0"));

        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public void ReportsWithoutThePort()
    {
        using var never = new SemaphoreSlim(0);

        var reports = Run(loop =>
        {
            loop.CallSoon(() => Thread.Sleep(Long));
            loop.CallSoon(() => never.Wait(Long));
        });

        var calls = reports.OfType<BlockingCall>().ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal($"{nameof(LoopWatchdogTests)}.{nameof(ReportsWithoutThePort)} (lambda)", calls[0].Callback);
        Assert.Equal((null, null, null), (calls[0].Call, calls[0].File, calls[0].Hint));
        Assert.Equal(OperatingSystem.IsLinux() ? "futex" : null, calls[0].SystemCall);
        Assert.StartsWith($"Blocked: {calls[0].Callback} has held the loop for 0.", calls[0].Message, StringComparison.Ordinal);
        Assert.EndsWith(nameof(LoopWatchdogTests) + ".cs", calls[1].File, StringComparison.Ordinal);
    }

    /// <summary>Runs what is scheduled, and what that schedules, and returns what was reported.</summary>
    private static List<LoopReport> Run(Action<EventLoop> schedule, TimeSpan? limit = null)
    {
        var reports = new ConcurrentQueue<LoopReport>();
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            SlowCallbackDuration = limit ?? TimeSpan.FromMilliseconds(100),
            ReportHandler = reports.Enqueue,
        });
        schedule(loop);
        loop.CallLater(Long * 1.5, loop.Stop);
        loop.RunForever();
        return [.. reports];
    }
}
