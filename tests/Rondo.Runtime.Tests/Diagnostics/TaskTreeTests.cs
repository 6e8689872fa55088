using System.Threading.Channels;
using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

// The lines that the tests look for are marked with a comment.
public sealed class TaskTreeTests
{
    private const string File = "TaskTreeTests.cs:";

    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public void Capture_NestedAwaits_ShowsEachMethodWithItsLine()
    {
        var text = Draw(() => OuterAsync());

        Assert.Equal(
            [
                "task work",
                $"TaskTreeTests.OuterAsync at {File}{Line("outer")}",
                $"TaskTreeTests.InnerAsync at {File}{Line("inner")}",
                "future",
            ],
            Below(text, "task work"));
    }

    [Fact]
    public void Capture_SecondAwaitOfAMethod_ShowsItsLine()
    {
        var text = Draw(async () =>
        {
            await Task.Yield();
            await Task.Yield();
            await _gate.Task.ConfigureAwait(false); // line: third
        });

        Assert.Contains($"{File}{Line("third")}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_LoopTaskAwaited_HangsBelowItsAwaiter()
    {
        var text = Draw(async () => await EventLoop.Running!.CreateTask(InnerAsync, "child"));

        Assert.Equal(["task child"], Below(text, "task work").Where(l => l.StartsWith("task child")));
        Assert.Single(Roots(text));
    }

    [Fact]
    public void Capture_Gather_ShowsEveryTaskInOrder()
    {
        var text = Draw(() => Gather.AllAsync(Start("first"), Start("second"), Start("third")));

        Assert.Equal(
            ["task first", "task second", "task third"],
            Below(text, "task work").Where(l => l.StartsWith("task ")).Skip(1));
        Assert.Contains("Gather.AllAsync", text, StringComparison.Ordinal);

        LoopTask<int> Start(string name) => EventLoop.Running!.CreateTask(
            async () =>
            {
                await InnerAsync();
                return 1;
            },
            name);
    }

    [Fact]
    public void Capture_TaskGroup_ShowsItsTasksBelowIt()
    {
        var text = Draw(() => TaskGroup.RunAsync(group =>
        {
            group.Start(InnerAsync, "left");
            group.Start(InnerAsync, "right");
            return Task.CompletedTask;
        }));

        Assert.Equal(
            ["task work", "TaskGroup.RunAsync", "CancelScope.RunAsync", "task left", "task right"],
            Below(text, "task work").Where(l => !l.Contains("InnerAsync") && !l.StartsWith("future") && !l.Contains("lambda")));
    }

    [Theory]
    [InlineData("when all", "Task.WhenAll")]
    [InlineData("when any", "Task.WhenAny")]
    [InlineData("wait async", "future")]
    [InlineData("scope", "CancelScope.RunAsync")]
    [InlineData("shield", "task shielded")]
    [InlineData("value task", "TaskTreeTests.ValueAsync")]
    [InlineData("pooled value task", "TaskTreeTests.PooledAsync")]
    [InlineData("run", "Task.Run")]
    [InlineData("iterator", "TaskTreeTests.ItemsAsync")]
    [InlineData("channel", "channel")]
    [InlineData("semaphore", "semaphore")]
    [InlineData("timer", "timer, due in")]
    [InlineData("yield", "its turn")]
    public void Capture_EachWayToWait_IsFollowed(string way, string expected)
    {
        var text = Draw(() => WaitAsync(way), debug: true);

        Assert.Contains(expected, Below(text, "task work").Select(l => l.Split(" at ")[0].Split(" 3")[0]));
        Assert.DoesNotContain("outside the loops", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_WithoutDebug_FindsTasksBehindWhenAllByTheirTimers()
    {
        var text = Draw(() => Task.WhenAll(SleepAsync(), SleepAsync()));

        Assert.Equal(2, Below(text, "task work").Count(l => l.StartsWith("TaskTreeTests.SleepAsync")));
        Assert.Contains("RONDO_DEBUG=1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_Debug_ShowsWhereTasksWereCreated()
    {
        var text = Draw(() => OuterAsync(), debug: true);

        Assert.Contains(
            $"task work, created at", text, StringComparison.Ordinal);
        Assert.Contains($"{File}{Line("created")}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("RONDO_DEBUG", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_NotStarted_SaysSo()
    {
        var text = "";
        VirtualLoop.Run(test =>
        {
            test.Loop.CreateTask(InnerAsync, "late");
            text = TaskTree.Capture(test.Loop).ToString();
            _gate.SetResult();
            return Task.CompletedTask;
        });

        Assert.Contains("task late (not started)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Capture_OneLoop_LeavesTheOthersOut()
    {
        var other = new Thread(() => Draw(() => OuterAsync(), debug: true));

        var text = Draw(() =>
        {
            other.Start();
            return InnerAsync();
        });

        other.Join();
        Assert.Single(text.Split('\n'), l => l.StartsWith("event loop ", StringComparison.Ordinal));
    }

    [Fact]
    public void Capture_ChainOfTenThousand_IsWrittenInBoundedSize()
    {
        var text = Draw(() => DeepAsync(10_000));

        Assert.Equal(10_001, text.Split('\n').Count(l => l.Contains("DeepAsync", StringComparison.Ordinal)));
        Assert.True(text.Length < 2_000_000, $"{text.Length} characters");
    }

    [Fact]
    public void Capture_FromAnotherThreadWhileTasksComeAndGo_NeverFails()
    {
        using var stop = new CancellationTokenSource();
        Exception? failure = null;
        var captured = 0;
        EventLoop.Run(async () =>
        {
            var loop = EventLoop.Running!;
            var reader = new Thread(() => failure = Record.Exception(() =>
            {
                for (; captured < 50; captured++)
                {
                    _ = TaskTree.Capture().ToString();
                }
            }));
            reader.Start();
            while (reader.IsAlive)
            {
                await Task.WhenAll(Enumerable.Range(0, 50).Select(
                    n => loop.CreateTask(async () => await loop.Delay(TimeSpan.FromTicks(n))).AsTask()));
            }
        });

        Assert.Null(failure);
        Assert.Equal(50, captured);
    }

    [Fact]
    public void Document_WrittenAndRead_IsTheSameTree()
    {
        TaskTree? tree = null;
        Draw(() => OuterAsync(), debug: true, captured: t => tree = t);

        var read = TaskTreeDocument.Read(TaskTreeDocument.Write(tree!));

        Assert.Equal(tree!.ToString(), read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1,\"header\":{\"process_id\":1,\"loops\":[]},\"nodes\":[]}")]
    [InlineData("{\"version\":2,\"header\":{\"process_id\":1,\"loops\":[null]},\"nodes\":[]}")]
    [InlineData("{\"version\":2,\"header\":{\"process_id\":1,\"loops\":[]},\"nodes\":[null]}")]
    [InlineData("{\"version\":2,\"header\":{\"process_id\":1,\"loops\":[]},\"nodes\":[{\"id\":0,\"kind\":\"task\",\"name\":\"a\",\"awaits\":[7]}]}")]
    public void Document_Broken_IsRefused(string json) =>
        Assert.Throws<FormatException>(() => TaskTreeDocument.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Text_OfAPlatformThatCannotBeFollowed_SaysSo()
    {
        var header = new TaskTreeHeader(1, IsComplete: true, IsLimited: true, [new TaskTreeLoop(1, 1, true, "orders")]);
        var tree = TaskTree.From(header, [new TaskNode(0, TaskNodeKind.Task, "main") { Loop = 1 }]);

        Assert.Equal(
            "event loop orders on thread 1: 1 task\n└─ task main\n"
                + "This platform's tasks cannot be followed: only what the loops know is shown.\n",
            tree.ToString());
    }

    private static string[] Below(string text, string task) =>
    [
        .. text.Split('\n').Select(l => l.TrimStart('│', '├', '└', '─', ' ')).SkipWhile(l => !l.StartsWith(task))
            .Select(l => l.Split(", created")[0])
            .Select(l => l.Contains(" at /") ? l[..(l.IndexOf(" at /") + 4)] + l[(l.LastIndexOf('/') + 1)..] : l)
            .TakeWhile(l => l.Length > 0 && !l.StartsWith("For creation") && l != "task main"),
    ];

    private static string[] Roots(string text) =>
        [.. text.Split('\n').Where(l => l.StartsWith("├─ ") || l.StartsWith("└─ "))];

    private static int Line(string name, [System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        System.IO.File.ReadAllLines(path).ToList().FindIndex(l => l.EndsWith("// line: " + name, StringComparison.Ordinal)) + 1;

    private static string Draw(Func<Task> work, bool debug = false, Action<TaskTree>? captured = null)
    {
        var text = "";
        using var loop = new EventLoop(new LoopOptions { Debug = debug, ReportHandler = _ => { } });
        LoopTask? task = null;
        loop.CallSoon(() => task = loop.CreateTask(work, "work")); // line: created
        Turns(8, () =>
        {
            var tree = TaskTree.Capture(loop);
            captured?.Invoke(tree);
            text = tree.ToString();
            loop.Stop();
        });
        loop.RunForever();
        return text;

        void Turns(int left, Action then) => loop.CallSoon(left == 0 ? then : () => Turns(left - 1, then));
    }

    private async Task OuterAsync() => await InnerAsync(); // line: outer

    private async Task InnerAsync()
    {
        await _gate.Task; // line: inner
    }

    private async Task WaitAsync(string way)
    {
        var loop = EventLoop.Running!;
        switch (way)
        {
            case "when all":
                await Task.WhenAll(OuterAsync(), InnerAsync());
                break;
            case "when any":
                await Task.WhenAny(OuterAsync(), InnerAsync());
                break;
            case "wait async":
                await InnerAsync().WaitAsync(TimeSpan.FromHours(1));
                break;
            case "scope":
                await CancelScope.RunAsync(_ => InnerAsync(), TimeSpan.FromHours(1));
                break;
            case "shield":
                await Gather.ShieldAsync(loop.CreateTask(
                    async () =>
                    {
                        await InnerAsync();
                        return 1;
                    },
                    "shielded"));
                break;
            case "value task":
                await ValueAsync();
                break;
            case "pooled value task":
                await PooledAsync();
                break;
            case "run":
                await Task.Run(InnerAsync);
                break;
            case "iterator":
                await foreach (var _ in ItemsAsync())
                {
                }

                break;
            case "channel":
                await Channel.CreateUnbounded<int>().Reader.ReadAsync();
                break;
            case "semaphore":
                await new SemaphoreSlim(0).WaitAsync();
                break;
            case "timer":
                await SleepAsync();
                break;
            default:
                while (true)
                {
                    await Task.Yield();
                }
        }
    }

    private static async Task SleepAsync() => await EventLoop.Running!.Delay(TimeSpan.FromHours(1));

    private async ValueTask<int> ValueAsync()
    {
        await InnerAsync();
        return 1;
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(
        typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> PooledAsync()
    {
        await InnerAsync();
        return 1;
    }

    private async IAsyncEnumerable<int> ItemsAsync()
    {
        await InnerAsync();
        yield return 1;
    }

    private async Task DeepAsync(int left)
    {
        if (left > 0)
        {
            await DeepAsync(left - 1);
        }
        else
        {
            await _gate.Task;
        }
    }
}
