using Rondo.Runtime.Diagnostics;

namespace Rondo.Runtime.Tests.Diagnostics;

/// <summary>
/// Real blocking on purpose: a wait that is not refused is ended by a thread outside, or the test would hang.
/// </summary>
public sealed class SelfDeadlockTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly List<LoopReport> _reports = [];

    [Theory]
    [InlineData("Result")]
    [InlineData("Wait")]
    [InlineData("GetResult")]
    [InlineData("WaitAll")]
    public void LoopTask_BlockedOnByItsLoop_IsRefusedAndReported(string way)
    {
        InvalidOperationException? refused = null;

        Run(() =>
        {
            var child = EventLoop.Running!.CreateTask(ChildAsync, "child").AsTask();
            refused = Assert.Throws<InvalidOperationException>(() => Block(child, way));
            return Task.CompletedTask;
        });

        var report = Assert.Single(_reports.OfType<SelfDeadlock>());
        Assert.Equal(refused!.Message, report.Message);
        Assert.Equal(["task child"], report.Chain);
        Assert.Matches(@"SelfDeadlockTests\.Block at .*SelfDeadlockTests\.cs:\d+", report.Caller);
    }

    [Theory]
    [InlineData("method")]
    [InlineData("method awaiting a task of the loop")]
    [InlineData("method called back already")]
    [InlineData("method that does not come back, on one that does")]
    [InlineData("timer of the loop")]
    [InlineData("when all")]
    [InlineData("when any")]
    [InlineData("value task")]
    [InlineData("work for the loop's scheduler")]
    public void OrdinaryTask_ThatNeedsTheLoop_IsRefused(string what)
    {
        Run(() =>
        {
            var task = Make(what, EventLoop.Running!);
            Assert.Throws<InvalidOperationException>(() => Block(task, "Result"));
            return Task.CompletedTask;
        });

        Assert.Single(_reports.OfType<SelfDeadlock>());
    }

    [Fact]
    public void Chain_NamesWhatIsWaitedForDownToTheEnd()
    {
        Run(() =>
        {
            Assert.Throws<InvalidOperationException>(() => Block(OuterAsync(), "Result"));
            return Task.CompletedTask;
        });

        var report = Assert.Single(_reports.OfType<SelfDeadlock>());
        Assert.Equal(
            ["SelfDeadlockTests.OuterAsync", "SelfDeadlockTests.ChildAsync", "timer, due in"],
            report.Chain.Select(c => c.Split(" at ", 2)[0].Split(" 3")[0]));
    }

    [Theory]
    [InlineData("pool")]
    [InlineData("future")]
    [InlineData("method that leaves the loop")]
    [InlineData("limited wait for a task of the loop")]
    [InlineData("cancellable wait for a task of the loop")]
    [InlineData("event")]
    [InlineData("lock")]
    public void Wait_ThatCanEnd_IsNeitherRefusedNorReported(string what)
    {
        using var gate = new ManualResetEventSlim();
        Run(() =>
        {
            EndSoon(gate, what, EventLoop.Running!);
            return Task.CompletedTask;
        });

        Assert.Empty(_reports.OfType<SelfDeadlock>());
    }

    [Fact]
    public void LoopTask_BlockedOnByAnotherThread_DoesNotCountAsOurs()
    {
        var gate = new TaskCompletionSource();
        Run(async () =>
        {
            var child = EventLoop.Running!.CreateTask(ChildAsync, "child");
            var other = new Thread(() => _ = Record.Exception(() => Block(child.AsTask(), "Wait")));
            other.Start();
            await UntilAsync(() => Continuations.Raw(child.AsTask()).Length > 0);

            // Two threads in Task.Wait now: theirs needs the loop, ours does not.
            new Thread(() =>
            {
                SpinWait.SpinUntil(() => Continuations.Raw(gate.Task).Length > 0, Guard);
                gate.SetResult();
            }).Start();
            gate.Task.Wait();
            child.Cancel();
        });

        Assert.Empty(_reports.OfType<SelfDeadlock>());
    }

    [Fact]
    public void Wait_WithoutDebug_IsNotLookedAt()
    {
        var gate = new TaskCompletionSource();
        EventLoop.Run(() =>
        {
            new Thread(() =>
            {
                SpinWait.SpinUntil(() => Continuations.Raw(gate.Task).Length > 0, Guard);
                gate.SetResult();
            }).Start();
            gate.Task.Wait();
            return Task.CompletedTask;
        });

        Assert.True(gate.Task.IsCompletedSuccessfully);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Yield();
        }
    }

    private static void Block(Task task, string way)
    {
        switch (way)
        {
            case "Wait":
                task.Wait();
                break;
            case "GetResult":
                task.GetAwaiter().GetResult();
                break;
            case "WaitAll":
                Task.WaitAll(task);
                break;
            default:
                _ = ((Task<int>)task).Result;
                break;
        }
    }

    private static async Task<int> ChildAsync()
    {
        await EventLoop.Running!.Delay(TimeSpan.FromHours(1));
        return 1;
    }

    private static async Task<int> OuterAsync() => await ChildAsync();

    private static async Task<int> AwayAsync(Task inner)
    {
        await inner.ConfigureAwait(false);
        return 1;
    }

    private static async Task<int> BackAsync(Task inner)
    {
        await inner;
        return 1;
    }

    private static Task<int> Make(string what, EventLoop loop)
    {
        switch (what)
        {
            case "method":
                return BackAsync(new TaskCompletionSource().Task);
            case "method awaiting a task of the loop":
                return AwayAsync(loop.CreateTask(ChildAsync).AsTask());
            case "method called back already":
                var ended = new TaskCompletionSource();
                var calledBack = BackAsync(ended.Task);
                var other = new Thread(ended.SetResult);
                other.Start();
                other.Join();
                return calledBack;
            case "method that does not come back, on one that does":
                return AwayAsync(BackAsync(new TaskCompletionSource().Task));
            case "timer of the loop":
                return AwayAsync(Task.Delay(TimeSpan.FromHours(1), loop.TimeProvider));
            case "when all":
                return AwayAsync(Task.WhenAll(new TaskCompletionSource().Task, loop.CreateTask(ChildAsync).AsTask()));
            case "when any":
                return AwayAsync(Task.WhenAny(loop.CreateTask(ChildAsync).AsTask(), OuterAsync()));
            case "value task":
                return new ValueTask<int>(OuterAsync()).AsTask();
            default:
                return AwayAsync(Task.Factory.StartNew(
                    () => { }, CancellationToken.None, TaskCreationOptions.None, loop.TaskScheduler));
        }
    }

    private static void EndSoon(ManualResetEventSlim gate, string what, EventLoop loop)
    {
        var future = new TaskCompletionSource();
        var start = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            lock (start)
            {
                start.Set();

                // Long enough that the loop's thread has given up spinning and sleeps.
                Thread.Sleep(100);
            }

            gate.Set();
            future.SetResult();
        });
        other.Start();
        start.Wait();
        switch (what)
        {
            case "pool":
                Task.Run(gate.Wait).Wait();
                break;
            case "future":
                future.Task.Wait();
                break;
            case "method that leaves the loop":
                AwayAsync(future.Task).Wait();
                break;
            case "limited wait for a task of the loop":
                Assert.False(loop.CreateTask(ChildAsync).AsTask().Wait(50));
                break;
            case "cancellable wait for a task of the loop":
                using (var source = new CancellationTokenSource(50))
                {
                    var child = loop.CreateTask(ChildAsync).AsTask();
                    Assert.Throws<OperationCanceledException>(() => child.Wait(source.Token));
                }

                break;
            case "event":
                gate.Wait();
                break;
            default:
                lock (start)
                {
                }

                break;
        }

        other.Join();
    }

    private void Run(Func<Task> main)
    {
        var reports = _reports;
        EventLoop.Run(main, new LoopOptions { Debug = true, ReportHandler = reports.Add });
    }
}
