using System.Collections.Concurrent;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests;

/// <summary>Looks at the names in the reports of a loop to which every callback is slow.</summary>
public sealed class CallbackNameTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Method_IsNamedWithItsType() =>
        Assert.Equal("CallbackNameTests.Work", Names(loop => loop.CallSoon(Work))[0]);

    [Fact]
    public void Lambda_IsNamedAfterTheMethodAroundIt() => Assert.Equal(
        "CallbackNameTests.Lambda_IsNamedAfterTheMethodAroundIt.lambda",
        Names(loop => loop.CallSoon(() => Assert.NotNull(loop)))[0]);

    [Fact]
    public void LocalFunction_IsNamedWithinItsMethod()
    {
        Assert.Equal(
            "CallbackNameTests.LocalFunction_IsNamedWithinItsMethod.Local",
            Names(loop => loop.CallSoon(Local))[0]);

        static void Local()
        {
        }
    }

    [Fact]
    public void PostFromAnotherThread_IsNamedAsItsCallback() =>
        Assert.Equal("CallbackNameTests.Work", Names(loop => loop.CallSoonThreadSafe(Work))[0]);

    [Fact]
    public void PostToTheContext_IsNamedAsItsCallback() =>
        Assert.Equal("CallbackNameTests.Work", Names(loop => loop.SynchronizationContext.Post(Work, null))[0]);

    [Fact]
    public void Timer_IsNamedAsItsCallback() =>
        Assert.Equal("CallbackNameTests.Work", Names(loop => loop.CallLater(Soon, Work))[0]);

    [Fact]
    public void TimerOfTheTimeProvider_IsNamedAsItsCallback()
    {
        var names = Names(loop => loop.TimeProvider.CreateTimer(Work, null, Soon, Timeout.InfiniteTimeSpan));

        Assert.Contains("CallbackNameTests.Work", names);
    }

    [Fact]
    public void TaskOnTheScheduler_IsNamedAsItsBody()
    {
        var names = Names(loop => Task.Factory.StartNew(Work, default, TaskCreationOptions.None, loop.TaskScheduler));

        Assert.Equal("CallbackNameTests.Work", names[0]);
    }

    [Fact]
    public void FirstStepOfATask_IsNamedAsTheTask() =>
        Assert.Equal("task price", Names(loop => loop.CreateTask(YieldAsync, "price"))[0]);

    [Fact]
    public void AfterYield_TheAsyncMethodIsNamed() =>
        Assert.Contains("CallbackNameTests.YieldAsync", Names(loop => loop.CreateTask(YieldAsync, "price")));

    [Fact]
    public void AfterADelay_TheAsyncMethodIsNamed() =>
        Assert.Contains("CallbackNameTests.DelayAsync", Names(loop => loop.CreateTask(DelayAsync)));

    [Fact]
    public void AfterAnotherTask_TheAsyncMethodThatAwaitedIsNamed() =>
        Assert.Contains("CallbackNameTests.AwaitAsync", Names(loop => loop.CreateTask(AwaitAsync)));

    [Fact]
    public void AfterATaskOfAnotherThread_TheAsyncMethodIsNamed() =>
        Assert.Contains("CallbackNameTests.ThreadAsync", Names(loop => loop.CreateTask(ThreadAsync)));

    [Fact]
    public void AsyncLambda_IsNamedAfterTheMethodAroundIt()
    {
        var names = Names(loop => loop.CreateTask(async () => await Task.Yield()));

        Assert.Contains($"CallbackNameTests.{nameof(AsyncLambda_IsNamedAfterTheMethodAroundIt)}.lambda", names);
    }

    [Fact]
    public void MethodOfAGenericType_IsNamedWithoutItsParameters() =>
        Assert.Equal("Generic.Run", Names(loop => loop.CallSoon(Generic<int>.Run))[0]);

    private static void Work()
    {
    }

    private static void Work(object? state)
    {
    }

    private static async Task YieldAsync() => await Task.Yield();

    private static async Task DelayAsync() => await EventLoop.Running!.Delay(Soon);

    // The next turn lets the thread go on, so that it cannot have ended before it is awaited.
    private static async Task ThreadAsync()
    {
        using var gate = new ManualResetEventSlim();
        EventLoop.Running!.CallSoon(gate.Set);
        await Task.Run(gate.Wait, default);
    }

    private static async Task AwaitAsync() => await EventLoop.Running!.CreateTask(YieldAsync);

    /// <summary>The names of the callbacks in the order in which they ran, until the loop has nothing to do.</summary>
    private static List<string> Names(Action<EventLoop> schedule)
    {
        var reports = new ConcurrentQueue<LoopReport>();
        using var loop = new EventLoop(
            new LoopOptions { Debug = true, SlowCallbackDuration = TimeSpan.Zero, ReportHandler = reports.Enqueue });
        schedule(loop);
        loop.CallLater(TimeSpan.FromMilliseconds(20), StopWhenDone);
        loop.RunForever();
        return [.. reports.OfType<SlowCallback>().Select(r => r.Callback)];

        void StopWhenDone()
        {
            if (loop.Tasks.Count == 0 && loop.NextDeadline is null)
            {
                loop.Stop();
            }
            else
            {
                loop.CallLater(Soon, StopWhenDone);
            }
        }
    }

    private static class Generic<T>
    {
        public static void Run() => Assert.NotNull(typeof(T));
    }
}
