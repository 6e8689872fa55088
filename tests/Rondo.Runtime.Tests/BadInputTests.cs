using System.Reflection;

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
    public void AsyncCallbacks_AreRefusedByTheCompiler()
    {
        // Each method that takes an Action has a twin for what an async lambda is, which is an error to use.
        var methods = typeof(EventLoop).GetMethods();
        var missing =
            from method in methods
            let callback = Array.Find(method.GetParameters(), p => p.Name == "callback")
            where callback is not null && method.GetCustomAttribute<ObsoleteAttribute>() is null
            let twin = callback.ParameterType == typeof(Action) ? typeof(Func<Task>) : typeof(Func<object?, Task>)
            where !methods.Any(m => m.Name == method.Name
                && m.GetCustomAttribute<ObsoleteAttribute>() is { IsError: true }
                && Array.Exists(m.GetParameters(), p => p.ParameterType == twin))
            select method;

        Assert.Empty(missing);
        Assert.Equal(8, methods.Count(m => m.GetCustomAttribute<ObsoleteAttribute>() is { IsError: true }));
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
