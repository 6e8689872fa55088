using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

/// <summary>Tasks that wait for each other end when they are cancelled, and so does the run. asyncio recurses.</summary>
public sealed class RingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly List<LoopReport> _reports = [];

    private static EventLoop Loop => EventLoop.Running!;

    public static TheoryData<string, Func<List<LoopTask>>> Rings => new()
    {
        { "two", () => Make(2, next => next()) },
        { "ten", () => Make(10, next => next()) },
        { "itself", () => Make(1, next => next()) },
        { "methods", () => Make(2, async next => await ThroughAMethodAsync(next)) },
        { "WhenAll", () => Make(2, next => Task.WhenAll(next(), Loop.Delay(Second))) },
        { "gather", () => Make(2, next => Gather.AllAsync(Loop.CreateTask(next), Loop.CreateTask(() => Loop.Delay(Second)))) },
        { "group", () => Make(2, next => TaskGroup.RunAsync(group => Task.FromResult(group.Start(next)))) },
    };

    [Theory]
    [MemberData(nameof(Rings), DisableDiscoveryEnumeration = true)]
    public void Ring_OneOfItCancelled_AllEndCancelled(string kind, Func<List<LoopTask>> make) => Run(async () =>
    {
        var tasks = make();
        await Loop.Delay(Second * 2);
        Assert.All(tasks, t => Assert.False(t.IsCompleted, kind));

        tasks[0].Cancel();
        await Loop.Delay(Second);

        Assert.All(tasks, t => Assert.True(t.IsCanceled, $"{kind}: {t}"));
    });

    [Theory]
    [MemberData(nameof(Rings), DisableDiscoveryEnumeration = true)]
    public void Ring_LeftAtTheEndOfTheRun_DoesNotHoldItUp(string kind, Func<List<LoopTask>> make)
    {
        List<LoopTask> tasks = [];
        Run(async () =>
        {
            tasks = make();
            await Loop.Delay(Second * 2);
        });

        Assert.All(tasks, t => Assert.True(t.IsCanceled, $"{kind}: {t}"));
        Assert.Empty(_reports);
    }

    [Fact]
    public void Ring_OfWhichOneAwaitKnowsNoScope_EndsWithTheRun()
    {
        LoopTask? first = null, second = null;
        Run(async () =>
        {
            first = Loop.CreateTask(async () => await second!.AsTask());
            second = Loop.CreateTask(async () => await first);
            await Loop.Delay(Second);
        });

        Assert.True(second!.IsCanceled);
        Assert.True(first!.IsCanceled);
    }

    [Fact]
    public void Ring_Cancelled_LetsTheCleanUpOfEachRunAndWaitsForIt()
    {
        var seen = new List<string>();
        Run(async () =>
        {
            LoopTask? first = null, second = null;
            first = Loop.CreateTask(() => WaitAsync("first", () => second!));
            second = Loop.CreateTask(() => WaitAsync("second", () => first));
            await Loop.Delay(Second);
        });

        Assert.Equal(["first", "second"], seen.Order());

        async Task WaitAsync(string name, Func<LoopTask> next)
        {
            try
            {
                await next();
            }
            finally
            {
                await Loop.CreateTask(() => Loop.Delay(Second)).AsTask();
                seen.Add(name);
            }
        }
    }

    [Fact]
    public void Chain_CancelledTwice_WaitsForTheCleanUpBelow() => Run(async () =>
    {
        var inner = Loop.CreateTask(async () =>
        {
            try
            {
                await Loop.Delay(Second * 9);
            }
            finally
            {
                await Loop.CreateTask(() => Loop.Delay(Second)).AsTask();
            }
        });
        var outer = Loop.CreateTask(async () => await inner);
        await Loop.Delay(Second);

        inner.Cancel();
        outer.Cancel();
        await Loop.Delay(Second / 2);
        Assert.False(outer.IsCompleted);
        await Loop.Delay(Second);

        Assert.True(outer.IsCanceled);
        Assert.True(inner.IsCanceled);
    });

    // Each waits for the next in its own way, the last for the first.
    private static List<LoopTask> Make(int count, Func<Func<Task>, Task> wait)
    {
        var tasks = new List<LoopTask>();
        for (var i = 0; i < count; i++)
        {
            var next = (i + 1) % count;
            tasks.Add(Loop.CreateTask(() => wait(async () => await tasks[next]), $"{i}"));
        }

        return tasks;
    }

    private static async Task ThroughAMethodAsync(Func<Task> next)
    {
        await Task.Yield();
        await next();
    }

    private void Run(Func<Task> main) =>
        VirtualLoop.Run(_ => main(), options: new LoopOptions { ReportHandler = _reports.Add });
}
