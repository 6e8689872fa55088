namespace Rondo.Runtime.Tests;

/// <summary>Mistakes of the caller are refused at once, with a text that says what to do.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void NullCallbacks_AreRefused()
    {
        using var loop = new EventLoop();

        Assert.Throws<ArgumentNullException>("callback", () => { loop.CallSoon((Action)null!); });
        Assert.Throws<ArgumentNullException>("callback", () => { loop.CallSoon((Action<object?>)null!, 1); });
        Assert.Throws<ArgumentNullException>("callback", () => { loop.CallSoonThreadSafe((Action)null!); });
        Assert.Throws<ArgumentNullException>("callback", () => { loop.CallSoonThreadSafe((Action<object?>)null!, 1); });
        Assert.Throws<ArgumentNullException>("callback", () => loop.CallLater(default, (Action)null!));
        Assert.Throws<ArgumentNullException>("callback", () => loop.CallLater(default, (Action<object?>)null!, 1));
        Assert.Throws<ArgumentNullException>("callback", () => loop.CallAt(default, (Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => { loop.CreateTask((Func<Task>)null!); });
        Assert.Throws<ArgumentNullException>("body", () => { loop.CreateTask((Func<Task<int>>)null!); });
        Assert.Throws<ArgumentNullException>("callback", () => loop.CreateFuture<int>().AddDoneCallback(null!));
        Assert.Throws<ArgumentNullException>("error", () => loop.CreateFuture<int>().SetException(null!));
        Assert.Throws<ArgumentNullException>("resource", () => loop.RegisterForDispose(null!));
        Assert.Throws<ArgumentNullException>("main", () => loop.RunUntilComplete(null!));
        Assert.Throws<ArgumentNullException>("main", () => EventLoop.Run(null!));
    }

    [Fact]
    public void NotATimeSpan_IsRefusedByThePlatform()
    {
        Assert.Throws<ArgumentException>(() => TimeSpan.FromSeconds(double.NaN));
        Assert.Throws<OverflowException>(() => TimeSpan.FromSeconds(double.PositiveInfinity));
    }

    [Fact]
    public void Reschedule_BeyondTimeSpan_IsRefusedAndTheTimerKeepsItsTime()
    {
        using var loop = new EventLoop();
        var timer = loop.CallLater(TimeSpan.FromHours(1), () => { });
        var when = timer.When;

        Assert.Throws<ArgumentOutOfRangeException>("delay", () => timer.Reschedule(TimeSpan.MaxValue));

        Assert.True(timer.IsScheduled);
        Assert.Equal(when, timer.When);
    }

    [Fact]
    public void Run_InsideARunningLoop_IsRefused() => EventLoop.Run(async () =>
    {
        await Task.Yield();

        var error = Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.CompletedTask));

        Assert.Contains("another loop is running on this thread", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void AfterClose_EveryCallIsRefused()
    {
        var loop = new EventLoop();
        var future = loop.CreateFuture<int>();
        var timer = loop.CallLater(TimeSpan.FromHours(1), () => { });
        var handle = loop.CallSoon(() => { });
        loop.Close();
        Action[] calls =
        [
            () => { loop.CreateTask(() => Task.CompletedTask); },
            () => { loop.CreateFuture<int>(); },
            () => future.SetResult(1),
            () => future.AddDoneCallback(_ => { }),
            () => timer.Cancel(),
            () => timer.Reschedule(TimeSpan.Zero),
            () => handle.Cancel(),
            () => loop.CallAt(TimeSpan.Zero, () => { }),
            () => loop.RegisterForDispose(new MemoryStream()),
            () => loop.DefaultExecutor = null,
            () => loop.RunUntilComplete(() => Task.CompletedTask),
            () => { _ = loop.Tasks; },
            () => { _ = loop.Delay(TimeSpan.Zero); },
        ];

        Assert.All(
            calls, c => Assert.Equal("Event loop is closed.", Assert.Throws<ObjectDisposedException>(c).Message));
    }
}
