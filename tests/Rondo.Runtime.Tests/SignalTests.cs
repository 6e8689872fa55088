using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Rondo.Runtime.Tests;

/// <summary>Real signals to this process: ones that do nothing by default.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SignalTests
{
    private const PosixSignal Continue = PosixSignal.SIGCONT;

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void AddSignalHandler_Signal_CallsBackOnTheLoopUnderTheContextOfWhoAdded() => EventLoop.Run(async () =>
    {
        var loop = Loop;
        var local = new AsyncLocal<string> { Value = "of who added" };
        var received = loop.CreateFuture<(EventLoop?, string)>();
        loop.AddSignalHandler(Continue, () => received.TrySetResult((EventLoop.Running, local.Value)));
        local.Value = "later";

        await SendAsync("CONT");

        Assert.Equal((loop, "of who added"), await received);
    });

    [Fact]
    public void AddSignalHandler_Again_ReplacesTheFirst() => EventLoop.Run(async () =>
    {
        var first = false;
        var second = Loop.CreateFuture<bool>();
        Loop.AddSignalHandler(PosixSignal.SIGWINCH, () => first = true);
        Loop.AddSignalHandler(PosixSignal.SIGWINCH, () => second.TrySetResult(true));

        await SendAsync("WINCH");

        Assert.True(await second);
        Assert.False(first);
    });

    [Fact]
    public void RemoveSignalHandler_OnItsWay_IsNotCalledAnyMore() => EventLoop.Run(async () =>
    {
        var called = false;
        using var passedOn = new ManualResetEventSlim();

        // Signals go to the newest registration first: when this one has it, the loop's handler is on its way.
        using var older = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => passedOn.Set());
        Loop.AddSignalHandler(PosixSignal.SIGWINCH, () => called = true);
        var sending = SendAsync("WINCH");
        Assert.True(passedOn.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        Assert.True(Loop.RemoveSignalHandler(PosixSignal.SIGWINCH));
        Assert.False(Loop.RemoveSignalHandler(PosixSignal.SIGWINCH));
        await sending;
        await Task.Yield();

        Assert.False(called);
    });

    [Fact]
    public void AddSignalHandler_BadInput_IsRefused()
    {
        using var loop = new EventLoop();

        Assert.Throws<ArgumentNullException>("callback", () => loop.AddSignalHandler(Continue, (Action)null!));
        Assert.ThrowsAny<Exception>(() => loop.AddSignalHandler((PosixSignal)9, () => { }));
        loop.Close();
        Assert.Throws<ObjectDisposedException>(() => loop.AddSignalHandler(Continue, () => { }));
        Assert.Throws<ObjectDisposedException>(() => { loop.RemoveSignalHandler(Continue); });
    }

    private static async Task SendAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Environment.ProcessId}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
