using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

public sealed class LoopTaskTests
{
    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void CreateTask_Body_StartsInTheNextTurnAndKeepsItsName() => VirtualLoop.Run(async test =>
    {
        var started = false;
        var task = Loop.CreateTask(
            () =>
            {
                started = true;
                return Task.FromResult(1);
            },
            "counter");

        Assert.False(started);
        Assert.Equal(1, await task);
        Assert.Equal("counter", task.Name);
    });

    [Fact]
    public void CreateTask_Several_TakeTheirFirstStepsInOrder()
    {
        var seen = new List<int>();
        VirtualLoop.Run(async test =>
        {
            var tasks = Enumerable.Range(0, 5).Select(n => Loop.CreateTask(async () =>
            {
                seen.Add(n);
                await Task.Yield();
                seen.Add(n + 10);
            })).ToList();
            foreach (var task in tasks)
            {
                await task;
            }
        });

        Assert.Equal([0, 1, 2, 3, 4, 10, 11, 12, 13, 14], seen);
    }

    [Fact]
    public void Completion_AwaiterOfATask_ContinuesInTheNextTurnNotInline()
    {
        var seen = new List<string>();
        VirtualLoop.Run(async test =>
        {
            var task = Loop.CreateTask(async () =>
            {
                await Task.Yield();
                Loop.CallSoon(() => seen.Add("scheduled before the end"));
                seen.Add("end");
            });
            await task;
            seen.Add("awaiter");
        });

        Assert.Equal(["end", "scheduled before the end", "awaiter"], seen);
    }

    [Fact]
    public void Cancel_BeforeTheFirstStep_BodyNeverRuns() => VirtualLoop.Run(async test =>
    {
        var ran = false;
        var task = Loop.CreateTask(() =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        Assert.True(task.Cancel("changed my mind"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask());

        Assert.False(ran);
        Assert.True(task.IsCanceled);
        Assert.Equal("changed my mind", task.CancelReason);
        Assert.False(task.Cancel());
    });

    [Fact]
    public void Cancel_WhileItWaits_RunsItsCleanup() => VirtualLoop.Run(async test =>
    {
        var cleaned = false;
        var task = Loop.CreateTask(async () =>
        {
            try
            {
                await Loop.Delay(TimeSpan.FromHours(1));
            }
            finally
            {
                await Task.Yield();
                cleaned = true;
            }
        });
        await Task.Yield();
        await Task.Yield();

        task.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.AsTask());

        Assert.True(cleaned);
    });

    [Fact]
    public void CancelAndUncancel_Twice_CountTwoOneZeroAndGiveANewToken() => VirtualLoop.Run(async test =>
    {
        LoopTask? task = null;
        task = Loop.CreateTask(async () =>
        {
            var first = CancelScope.Current!.Token;
            task!.Cancel();
            task.Cancel();
            Assert.Equal(2, task.Cancelling);
            Assert.True(first.IsCancellationRequested);
            Assert.Equal(1, task.Uncancel());
            Assert.True(CancelScope.Current.Token.IsCancellationRequested);
            Assert.Equal(0, task.Uncancel());
            Assert.False(CancelScope.Current.Token.IsCancellationRequested);
            Assert.True(first.IsCancellationRequested);
            await Loop.Delay(TimeSpan.FromMilliseconds(1));
        });

        await task;

        Assert.False(task.IsCanceled);
    });

    [Fact]
    public void Current_InsideATaskItsScopesAndItsGroups_IsTheInnermostTask() => VirtualLoop.Run(async test =>
    {
        var main = LoopTask.Current;
        Assert.Equal("main", main!.Name);
        await TaskGroup.RunAsync(async group =>
        {
            Assert.Same(main, LoopTask.Current);
            LoopTask? seen = null;
            var child = group.Start(async () =>
            {
                await Loop.Delay(TimeSpan.FromSeconds(1));
                await CancelScope.RunAsync(_ => Task.FromResult(seen = LoopTask.Current));
            });
            await child;
            Assert.Same(child, seen);
            Assert.Same(main, LoopTask.Current);
        });
    });

    [Fact]
    public void Current_InABodyThatIsCancelled_LetsItTakeThatBack() => VirtualLoop.Run(async test =>
    {
        var task = Loop.CreateTask(
            async () =>
            {
                try
                {
                    await Loop.Delay(TimeSpan.FromHours(1));
                }
                catch (OperationCanceledException)
                {
                    LoopTask.Current!.Uncancel();
                }

                await Loop.Delay(TimeSpan.FromSeconds(1));
                return 7;
            },
            eager: true);
        task.Cancel();

        Assert.Equal(7, await task);
    });

    [Fact]
    public void Current_OutsideOfAnyTask_IsNull()
    {
        using var loop = new EventLoop();
        var seen = new List<LoopTask?> { LoopTask.Current };
        loop.CallSoon(() =>
        {
            seen.Add(LoopTask.Current);
            loop.Stop();
        });
        loop.RunForever();

        Assert.Equal([null, null], seen);
    }

    [Fact]
    public void Failure_NobodyLooksAt_IsReportedAtTheNextIdleTurnWithTheName()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                _ = Loop.CreateTask(Fail, "forgotten");
                await Loop.Delay(TimeSpan.FromMilliseconds(5));
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        var error = Assert.Single(errors);
        Assert.Contains("forgotten", error.Message, StringComparison.Ordinal);
        Assert.Equal("boom", error.Exception.Message);
    }

    [Fact]
    public void Failure_ThatIsAwaited_IsNotReportedAgain()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                var task = Loop.CreateTask(Fail);
                await Assert.ThrowsAsync<InvalidOperationException>(() => task.AsTask());
                await Loop.Delay(TimeSpan.FromMilliseconds(5));
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Empty(errors);
    }

    [Fact]
    public void AddDoneCallback_NeverRunsInline() => VirtualLoop.Run(async test =>
    {
        var called = 0;
        var task = Loop.CreateTask(() => Task.CompletedTask);
        task.AddDoneCallback(_ => called++);
        await task;
        await Task.Yield();
        task.AddDoneCallback(_ => called++);
        Assert.Equal(1, called);
        await Task.Yield();

        Assert.Equal(2, called);
    });

    [Fact]
    public void Run_TasksLeftOver_AreCancelledAndAwaited()
    {
        var cleaned = false;
        VirtualLoop.Run(async test =>
        {
            _ = Loop.CreateTask(async () =>
            {
                try
                {
                    await Loop.Delay(TimeSpan.FromHours(1));
                }
                finally
                {
                    await Task.Yield();
                    cleaned = true;
                }
            });
            await Task.Yield();
            await Task.Yield();
        });

        Assert.True(cleaned);
    }

    private static async Task Fail()
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }
}
