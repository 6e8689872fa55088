using System.Collections.Concurrent;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// Blocks loops in real time, which is what a watchdog watches; each until that is reported, or for a few tenths of a
/// second.
/// </summary>
public sealed class LoopWatchdogTests
{
    private const StringComparison Exactly = StringComparison.Ordinal;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void OnePlace_OverAndOver_IsReportedOnce()
    {
        var reports = Run((loop, gate) =>
        {
            foreach (var limit in new[] { Patience, Long, Long })
            {
                loop.CallSoon(() => gate.Wait(limit));
            }
        });

        Assert.Single(reports.OfType<BlockingCall>());
    }

    [Fact]
    public void OneCallback_AtSeveralPlaces_IsReportedOnce()
    {
        var reports = Run((loop, gate) => loop.CallSoon(() =>
        {
            gate.Wait(Patience);
            gate.Wait(Long);
        }));

        Assert.Single(reports.OfType<BlockingCall>());
    }

    [Fact]
    public void WaitThatEndsSoon_IsNotReported()
    {
        var reports = Run((loop, gate) => loop.CallSoon(() => gate.Wait(5)));

        Assert.Empty(reports);
    }

    [Fact]
    public void LoopWithNothingToDo_IsNotReported() => Assert.Empty(Run((loop, _) => loop.CallLater(Long, () => { })));

    [Fact]
    public void LimitOfTheOptions_IsTheWatchdogsToo()
    {
        var reports = Run((loop, gate) => loop.CallSoon(() => gate.Wait(Long)), limit: Patience);

        Assert.Empty(reports);
    }

    [Fact]
    public void Debug_SwitchedOff_EndsTheWatch()
    {
        var reports = Run((loop, gate) => loop.CallSoon(() =>
        {
            loop.Debug = false;
            loop.CallSoon(() => gate.Wait(Long));
        }));

        Assert.Empty(reports);
    }

    [Fact]
    public void TurnOfManyCallbacks_ThatTogetherTakeTooLong_IsReportedAsAWhole()
    {
        // A turn during which the machine was busy with others is forgiven: then the next one has to do.
        var turns = new ConcurrentQueue<TurnLag>();
        using var gate = new SemaphoreSlim(0);
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            ReportHandler = report =>
            {
                if (report is TurnLag turn)
                {
                    turns.Enqueue(turn);
                }
            },
        });
        for (var i = 0; i < 20; i++)
        {
            loop.CallSoon(WaitOnceMore);
        }

        loop.CallLater(Patience, loop.Stop);
        loop.RunForever();

        var turn = turns.First();
        Assert.InRange(turn.Callbacks, 2, 20);
        Assert.InRange(turn.LongestTook, TimeSpan.FromMilliseconds(10), turn.Took);
        Assert.EndsWith($".{nameof(WaitOnceMore)}", turn.Longest, StringComparison.Ordinal);
        Assert.StartsWith($"A turn of {turn.Callbacks} callbacks took ", turn.Message, Exactly);

        void WaitOnceMore()
        {
            gate.Wait(10);
            if (turns.IsEmpty)
            {
                loop.CallSoon(WaitOnceMore);
            }
            else
            {
                loop.Stop();
            }
        }
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
        var reports = Run((loop, gate) =>
        {
            loop.CallSoon(Sleep);
            loop.CallSoon(() => gate.Wait(Patience));
        });

        var calls = reports.OfType<BlockingCall>().ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal("LoopWatchdogTests.Sleep", calls[0].Callback);
        Assert.Equal((null, null, null), (calls[0].Call, calls[0].File, calls[0].Hint));
        Assert.Equal(OperatingSystem.IsLinux() ? "futex" : null, calls[0].SystemCall);
        Assert.StartsWith($"Blocked: {calls[0].Callback} has held the loop for ", calls[0].Message, Exactly);
        Assert.EndsWith(nameof(LoopWatchdogTests) + ".cs", calls[1].File, StringComparison.Ordinal);
    }

    private static void Sleep()
    {
        try
        {
            Thread.Sleep(Patience);
        }
        catch (ThreadInterruptedException)
        {
            // Reported.
        }
    }

    /// <summary>
    /// Runs what is scheduled, and what that schedules, and returns what was reported. A call that is reported goes on:
    /// the gate opens once, a sleep ends.
    /// </summary>
    private static List<LoopReport> Run(Action<EventLoop, SemaphoreSlim> schedule, TimeSpan? limit = null)
    {
        var reports = new ConcurrentQueue<LoopReport>();
        var thread = Thread.CurrentThread;
        using var gate = new SemaphoreSlim(0);
        using var loop = new EventLoop(new LoopOptions
        {
            Debug = true,
            SlowCallbackDuration = limit ?? TimeSpan.FromMilliseconds(100),
            ReportHandler = report =>
            {
                reports.Enqueue(report);
                if (report is BlockingCall { Callback: "LoopWatchdogTests.Sleep" })
                {
                    thread.Interrupt();
                }
                else if (report is BlockingCall)
                {
                    gate.Release();
                }
            },
        });
        schedule(loop, gate);
        loop.CallLater(Long * 1.5, loop.Stop);
        loop.RunForever();
        return [.. reports];
    }
}
