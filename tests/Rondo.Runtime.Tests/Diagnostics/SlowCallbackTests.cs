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
