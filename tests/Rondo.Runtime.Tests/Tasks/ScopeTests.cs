using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Tasks;

/// <summary>Cancel scopes, time limits, gather and shield.</summary>
public sealed class ScopeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void CancelScope_Cancelled_EndsHere() => VirtualLoop.Run(async test =>
    {
        Assert.True(await CancelScope.RunAsync(async scope =>
        {
            scope.Cancel();
            await Loop.Delay(Long);
        }));
        Assert.False(await CancelScope.RunAsync(_ => Task.CompletedTask));
    });

    [Fact]
    public void CancelScope_OuterCancelled_IsNotConsumedByTheInner() => VirtualLoop.Run(async test =>
    {
        var passedTheInner = true;
        var outer = await CancelScope.RunAsync(async scope =>
        {
            await CancelScope.RunAsync(async inner =>
            {
                inner.Cancel();
                scope.Cancel();
                await Loop.Delay(Long);
            });
            passedTheInner = false;
        });

        Assert.True(outer);
        Assert.True(passedTheInner);
    });

    [Fact]
    public void CancelScope_Current_IsTheInnermostAndEndsWithItsBody() => VirtualLoop.Run(async test =>
    {
        var around = CancelScope.Current;
        await CancelScope.RunAsync(async scope =>
        {
            Assert.Same(scope, CancelScope.Current);
            await Task.Yield();
            Assert.Same(scope, CancelScope.Current);
        });

        Assert.Same(around, CancelScope.Current);
    });

    [Fact]
    public void CancelScope_AfterItsEnd_CancelDoesNothing() => VirtualLoop.Run(async test =>
    {
        CancelScope? kept = null;
        await CancelScope.RunAsync(scope =>
        {
            kept = scope;
            return Task.CompletedTask;
        });

        kept!.Cancel();

        Assert.False(kept.Token.IsCancellationRequested);
    });

    [Fact]
    public void TimeoutScope_LimitPasses_AwaitsTheCleanupAndThenThrows() => VirtualLoop.Run(async test =>
    {
        var cleaned = false;
        await Assert.ThrowsAsync<TimeoutException>(() => TimeoutScope.RunAsync(Short, async _ =>
        {
            try
            {
                await Loop.Delay(Long);
            }
            finally
            {
                await Task.Yield();
                cleaned = true;
            }
        }));

        Assert.True(cleaned);
    });

    [Fact]
    public void WaitFor_ZeroLimit_NeverStartsTheWork() => VirtualLoop.Run(async test =>
    {
        var started = false;
        await Assert.ThrowsAsync<TimeoutException>(() => TimeoutScope.WaitForAsync(
            _ =>
            {
                started = true;
                return Task.FromResult(1);
            },
            TimeSpan.Zero));

        Assert.False(started);
    });

    [Fact]
    public void WaitFor_InTime_IsTheResult() => VirtualLoop.Run(async test =>
        Assert.Equal(7, await TimeoutScope.WaitForAsync(_ => Task.FromResult(7), Long)));

    [Fact]
    public void Gather_All_KeepsTheOrderOfTheArguments() => VirtualLoop.Run(async test =>
    {
        var slow = Loop.CreateTask(async () =>
        {
            await Loop.Delay(Short);
            return "slow";
        });
        var fast = Loop.CreateTask(() => Task.FromResult("fast"));

        Assert.Equal(["slow", "fast"], await Gather.AllAsync(slow, fast));
    });

    [Fact]
    public void Gather_FuturesAndTasksWithoutAResult_AreAwaitedToo() => VirtualLoop.Run(async test =>
    {
        var one = Loop.CreateFuture<int>();
        var two = Loop.CreateFuture<int>();
        Loop.CallLater(Long, () => one.SetResult(1));
        Loop.CallLater(Short, () => two.SetResult(2));
        var results = await Gather.AllAsync(one, two);
        Assert.Equal([1, 2], results);

        LoopTask plain = Loop.CreateTask(() => Loop.Delay(Short));
        LoopTask failing = Loop.CreateTask(() => throw new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => Gather.AllAsync(plain, one, failing));
        Assert.False(plain.IsCompleted);

        var outcomes = await Gather.SettledAsync(plain, one, failing);
        Assert.Equal([true, true, false], outcomes.Select(o => o.IsCompletedSuccessfully));
    });

    [Fact]
    public void Gather_OfFuturesCancelled_CancelsThem() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>();
        var task = Loop.CreateTask(() => Loop.Delay(Long));
        Assert.True(await CancelScope.RunAsync(_ => Gather.AllAsync(future, task), deadline: Short));

        Assert.True(future.IsCanceled);
        Assert.True(task.IsCanceled);
    });

    [Fact]
    public void Shield_OfATaskWithoutAResult_LetsItGoOn() => VirtualLoop.Run(async test =>
    {
        LoopTask inner = Loop.CreateTask(() => Loop.Delay(Long));
        Assert.True(await CancelScope.RunAsync(_ => Gather.ShieldAsync(inner), deadline: Short));

        Assert.False(inner.IsCompleted);
        await Gather.ShieldAsync(inner);
    });

    [Fact]
    public void Gather_OneFails_ThrowsAtOnceAndTheOthersGoOn() => VirtualLoop.Run(async test =>
    {
        var other = Loop.CreateTask(async () =>
        {
            await Loop.Delay(Short);
            return 1;
        });
        var failing = Loop.CreateTask<int>(() => throw new InvalidOperationException("boom"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Gather.AllAsync(other, failing));

        Assert.False(other.IsCompleted);
        Assert.Equal(1, await other);
    });

    [Fact]
    public void Gather_Settled_GivesErrorsAsValues() => VirtualLoop.Run(async test =>
    {
        var outcomes = await Gather.SettledAsync(
            Loop.CreateTask(() => Task.FromResult(1)),
            Loop.CreateTask<int>(() => throw new InvalidOperationException("boom")));

        Assert.Equal(1, await outcomes[0]);
        Assert.True(outcomes[1].IsFaulted);
    });

    [Fact]
    public void Shield_OuterCancelled_InnerRunsOn() => VirtualLoop.Run(async test =>
    {
        var inner = Loop.CreateTask(async () =>
        {
            await Loop.Delay(Short);
            return 1;
        });
        var outer = Loop.CreateTask(() => Gather.ShieldAsync(inner));
        await Task.Yield();
        await Task.Yield();
        outer.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer.AsTask());
        Assert.Equal(1, await inner);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shield_InnerFailsAfterItsWaiterWasCancelled_IsReportedAtTheNextIdleTurn(bool hasResult)
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                var inner = Loop.CreateTask<int>(
                    async () =>
                    {
                        await Loop.Delay(Long);
                        throw new FormatException("late");
                    },
                    "inner");
                Assert.True(await CancelScope.RunAsync(
                    _ => hasResult ? Gather.ShieldAsync(inner) : Gather.ShieldAsync((LoopFuture)inner),
                    deadline: Short));
                await Loop.Delay(Long);
                await test.RunUntilIdleAsync();

                Assert.Equal("late", Assert.Single(errors).Exception.Message);
                Assert.Contains("of task inner", errors[0].Message, StringComparison.Ordinal);
            },
            options: new LoopOptions { ErrorHandler = errors.Add });
        Assert.Single(errors);
    }

    [Fact]
    public void Shield_InnerFailsForItsWaiter_IsNotReported()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                var inner = Loop.CreateTask<int>(async () =>
                {
                    await Loop.Delay(Short);
                    throw new FormatException();
                });
                await Assert.ThrowsAsync<FormatException>(() => Gather.ShieldAsync(inner));
                await Assert.ThrowsAsync<FormatException>(() => Gather.ShieldAsync(inner));
                await Loop.Delay(Long);
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Empty(errors);
    }

    [Fact]
    public void Shield_InnerIsCancelled_EndsCancelled() => VirtualLoop.Run(async test =>
    {
        var inner = Loop.CreateTask(() => Loop.Delay(Long));
        Loop.CallLater(Short, () => inner.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gather.ShieldAsync(inner));
    });

    [Fact]
    public void TimeoutScope_CancelledByHand_IsNoTimeout() => VirtualLoop.Run(async test =>
    {
        Assert.True(await TimeoutScope.RunAsync(Long, async scope =>
        {
            scope.Cancel();
            await Loop.Delay(Long);
        }));
        Assert.Equal(TimeSpan.Zero, Loop.Time);

        // Its limit passes during the clean-up: it was cancelled before.
        Assert.True(await TimeoutScope.RunAsync(Short, async scope =>
        {
            scope.Cancel();
            await Loop.CreateTask(() => Loop.Delay(Long)).AsTask();
            await Loop.Delay(Long);
        }));
    });

    [Fact]
    public void WaitFor_TheWorkCancelsItsScope_IsCancelledAndNoTimeout() => VirtualLoop.Run(async test =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => TimeoutScope.WaitForAsync(
            async token =>
            {
                CancelScope.Current!.Cancel();
                await Loop.Delay(Long);
                return 1;
            },
            Long)));
}
