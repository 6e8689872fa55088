using System.Runtime.CompilerServices;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class SlowCallbackTests
{
    [Fact]
    public void Callback_OverTheLimit_IsReportedWithNameAndTime()
    {
        var reports = new List<LoopReport>();

        Run(reports, debug: true, () => Thread.SpinWait(100));

        var slow = Assert.IsType<SlowCallback>(reports[0]);
        Assert.Contains(nameof(Callback_OverTheLimit_IsReportedWithNameAndTime), slow.Callback, StringComparison.Ordinal);
        Assert.StartsWith($"Executing {slow.Callback} took ", slow.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Callback_WithoutDebug_IsNotTimed()
    {
        var reports = new List<LoopReport>();

        Run(reports, debug: false, () => Thread.SpinWait(100));

        Assert.Empty(reports);
    }

    [Fact]
    public void Debug_SwitchedOnWhileRunning_WatchesFromThenOn()
    {
        var reports = new List<LoopReport>();

        Run(reports, debug: false, () =>
        {
            EventLoop.Running!.Debug = true;
            EventLoop.Running!.CallSoon(() => Thread.SpinWait(100));
        });

        Assert.NotEmpty(reports);
    }

    [Fact]
    public void AsyncMethod_IsReportedWithTheAwaitWhereItStands()
    {
        var reports = new List<LoopReport>();
        var line = 0;

        Run(reports, debug: true, () => EventLoop.Running!.CreateTask(async () =>
        {
            await Task.Yield();
            if (line == 0)
            {
                line = Line(); await Task.Yield();
            }

            await Task.Yield();
        }));

        var slow = reports.OfType<SlowCallback>().Where(r => r.Line == line).ToList();
        Assert.EndsWith(nameof(SlowCallbackTests) + ".cs", Assert.Single(slow).File, StringComparison.Ordinal);
        Assert.EndsWith($" seconds ({slow[0].File}:{line})", slow[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_IsReportedWithItsFirstLine()
    {
        var reports = new List<LoopReport>();
        var line = Line() + 2;

        Run(reports, debug: true, () => Thread.SpinWait(100));

        Assert.Equal(line, Assert.IsType<SlowCallback>(reports[0]).Line);
    }

    [Fact]
    public void Message_OfACallback_IsTheLineOfAsyncio()
    {
        using var loop = new EventLoop();

        Assert.Equal(
            "Executing Shop.Price took 0.150 seconds",
            new SlowCallback(loop, "Shop.Price", TimeSpan.FromMilliseconds(150)).Message);
    }

    private static int Line([CallerLineNumber] int line = 0) => line;

    // A limit of zero makes every callback slow: nothing here has to take long.
    private static void Run(List<LoopReport> reports, bool debug, Action callback)
    {
        using var loop = new EventLoop(
            new LoopOptions { Debug = debug, SlowCallbackDuration = TimeSpan.Zero, ReportHandler = reports.Add });
        loop.CallSoon(callback);
        loop.CallSoon(() => loop.CallSoon(() => loop.CallSoon(loop.Stop)));
        loop.RunForever();
    }
}
