using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class CreationSiteTests
{
    private readonly Reports _reports = new();

    [Fact]
    public void Task_InDebugMode_SaysWhereItWasCreated() => VirtualLoop.Run(
        async test =>
        {
            var task = Create(test.Loop);

            Assert.Matches(@"CreationSiteTests\.cs:\d+$", task.CreationSite!.Top);
            Assert.Contains(
                $"{nameof(CreationSiteTests)}.{nameof(Create)}(", FirstLine(task), StringComparison.Ordinal);
            Assert.DoesNotContain("Rondo.Runtime.EventLoop", task.CreationSite.ToString(), StringComparison.Ordinal);
            Assert.Equal($"worker (not started, created at {task.CreationSite.Top})", task.ToString());
            await task;
        },
        options: _reports.Options);

    [Fact]
    public void Tasks_OfOnePlace_ShareTheirSite() => VirtualLoop.Run(
        async test =>
        {
            var tasks = Enumerable.Range(0, 2).Select(_ => Create(test.Loop)).ToList();
            var other = test.Loop.CreateTask(() => Task.CompletedTask);

            Assert.Same(tasks[0].CreationSite, tasks[1].CreationSite);
            Assert.NotEqual(tasks[0].CreationSite!.Top, other.CreationSite!.Top);
            await other;
        },
        options: _reports.Options);

    [Fact]
    public void Task_WithoutDebug_KeepsNothing() => VirtualLoop.Run(
        async test =>
        {
            var task = Create(test.Loop);

            Assert.Null(task.CreationSite);
            Assert.Equal("worker (not started)", task.ToString());
            await task;
        },
        options: _reports.Options with { Debug = false });

    private static LoopTask Create(EventLoop loop) => loop.CreateTask(() => Task.CompletedTask, "worker");

    private static string FirstLine(LoopTask task) => task.CreationSite!.ToString().Split('\n')[0];
}
