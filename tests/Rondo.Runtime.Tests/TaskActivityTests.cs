using System.Collections.Concurrent;
using System.Diagnostics;
using Rondo.Runtime.Testing;
using Rondo.Runtime.Tests.Diagnostics;

namespace Rondo.Runtime.Tests;

public sealed class TaskActivityTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public TaskActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LoopMetrics.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Task_ForEachOutcome_HasAnActivityWithItsName()
    {
        Run(async loop =>
        {
            await loop.CreateTask(() => Task.CompletedTask, "good");
            await Settle(loop.CreateTask(FailAsync, "bad"));
            var cancelled = loop.CreateTask(() => loop.Delay(TimeSpan.FromHours(1)), "stopped");
            await Task.Yield();
            await Task.Yield();
            cancelled.Cancel();
            await Settle(cancelled);
        });

        Assert.Equal(("completed", ActivityStatusCode.Unset), Outcome("good"));
        Assert.Equal(("failed", ActivityStatusCode.Error), Outcome("bad"));
        Assert.Equal(("cancelled", ActivityStatusCode.Unset), Outcome("stopped"));
        Assert.Equal("boom", Ended("bad").StatusDescription);
        Assert.Equal("rondo.task", Ended("good").OperationName);
    }

    [Fact]
    public void Body_OfATask_RunsInItsActivity_AndItsChildrenBelowIt()
    {
        Run(async loop => await loop.CreateTask(
            async () =>
            {
                await Task.Yield();
                Assert.Equal("parent", Activity.Current!.DisplayName);
                await loop.CreateTask(() => Task.CompletedTask, "child");
                Assert.Equal("parent", Activity.Current!.DisplayName);
            },
            "parent"));

        Assert.Equal(Ended("parent").SpanId, Ended("child").ParentSpanId);
        Assert.Equal(Ended("main").SpanId, Ended("parent").ParentSpanId);
    }

    [Fact]
    public void Report_MadeInATask_IsAnEventOfItsActivity()
    {
        var loop = new EventLoop(new Reports().Options with { Debug = false, Name = nameof(TaskActivityTests) });
        loop.RunUntilComplete(() =>
        {
            loop.Report(new Rondo.Runtime.Diagnostics.SlowCallback(loop, "f", TimeSpan.FromSeconds(1)));
            return Task.CompletedTask;
        });
        loop.Close();

        Assert.Equal("SlowCallback", Assert.Single(Ended("main").Events).Name);
    }

    [Fact]
    public void Task_ThatNeverStarts_HasNone()
    {
        Run(async loop =>
        {
            var task = loop.CreateTask(() => Task.CompletedTask, "never");
            task.Cancel();
            await Settle(task);
        });

        Assert.DoesNotContain(_ended, a => a.DisplayName == "never");
    }

    private static async Task FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }

    private static async Task Settle(LoopTask task) => await task.AsTask().ConfigureAwait(
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    // Other tests have tasks too while this one listens.
    private static void Run(Func<EventLoop, Task> main) => VirtualLoop.Run(
        test => main(test.Loop), options: new LoopOptions { Name = nameof(TaskActivityTests) });

    private (string?, ActivityStatusCode) Outcome(string task) =>
        (Ended(task).GetTagItem("rondo.task.outcome") as string, Ended(task).Status);

    private Activity Ended(string task) => Assert.Single(
        _ended,
        a => a.DisplayName == task && nameof(TaskActivityTests).Equals(a.GetTagItem(LoopMetrics.LoopTag)));
}
