using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

/// <summary>What a future and a task promise alike, and how a future is set.</summary>
public sealed class LoopFutureTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);

    private static EventLoop Loop => EventLoop.Running!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void SetResult_Twice_IsRefusedAndTheFirstStays() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>("answer");
        future.SetResult(42);

        Assert.Throws<InvalidOperationException>(() => future.SetResult(1));
        Assert.Throws<InvalidOperationException>(() => future.SetException(new FormatException()));
        Assert.Throws<InvalidOperationException>(future.SetCanceled);
        Assert.False(future.TrySetResult(1));
        Assert.False(future.TrySetException(new FormatException()));
        Assert.False(future.TrySetCanceled());
        Assert.False(future.Cancel());
        Assert.Equal(42, future.Result);
        Assert.Equal(42, await future);
        Assert.Equal("answer (ended)", future.ToString());
    });

    [Fact]
    public void SetResult_Awaiter_ContinuesInTheNextTurnNotInline()
    {
        var seen = new List<string>();
        VirtualLoop.Run(async test =>
        {
            var future = Loop.CreateFuture<int>();
            var waiting = WaitAsync(future);
            Loop.CallSoon(() => seen.Add("scheduled before"));
            future.SetResult(1);
            seen.Add("set");
            await waiting;
        });

        Assert.Equal(["set", "scheduled before", "awaiter"], seen);

        async Task WaitAsync(LoopFuture<int> future)
        {
            await future;
            seen.Add("awaiter");
        }
    }

    [Fact]
    public void SetException_Awaiter_GetsTheVeryErrorEachTime() => VirtualLoop.Run(async test =>
    {
        var error = new FormatException("boom");
        var future = Loop.CreateFuture<int>();
        Loop.CallSoon(() => future.SetException(error));

        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(async () => await future));
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(async () => await future));
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => future.AsTask()));
        Assert.Same(error, Assert.Throws<FormatException>(() => future.Result));
        Assert.Same(error, future.Exception);
    });

    [Fact]
    public void Cancel_Awaiter_IsCancelledAndTheReasonKept() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>("slot");
        Loop.CallSoon(() => future.Cancel("no more slots"));

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await future);

        Assert.Equal("slot was cancelled: no more slots.", error.Message);
        Assert.True(future.IsCanceled);
        Assert.Null(future.Exception);
        Assert.True(future.AsTask().IsCanceled);
    });

    [Fact]
    public void Result_BeforeTheOutcome_IsRefusedAtOnce() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>("answer");
        var task = Loop.CreateTask(() => Task.FromResult(1), "work");

        Assert.Contains(
            "answer (pending) has no result",
            Assert.Throws<InvalidOperationException>(() => future.Result).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "work (not started) has no result",
            Assert.Throws<InvalidOperationException>(() => task.Result).Message,
            StringComparison.Ordinal);
        Assert.Null(future.Exception);
        await task;
        Assert.Equal(1, task.Result);
    });

    [Fact]
    public void GetResult_OnTheLoopsThreadBeforeTheOutcome_ThrowsInsteadOfHanging() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>();
        LoopTask task = Loop.CreateTask(() => Task.Delay(Soon, Loop.TimeProvider, Cancellation));

        Assert.Contains(
            "would never end",
            Assert.Throws<InvalidOperationException>(() => future.GetAwaiter().GetResult()).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
        await task;
        task.GetAwaiter().GetResult();
    });

    [Fact]
    public void GetResult_OnAnotherThread_WaitsForTheLoop() => EventLoop.Run(async () =>
    {
        var future = Loop.CreateFuture<int>();
        var other = Task.Run(() => future.GetAwaiter().GetResult(), Cancellation);
        Loop.CallLater(Soon, () => future.SetResult(7));

        Assert.Equal(7, await other);
    });

    [Fact]
    public void Await_OnAnotherLoop_ContinuesThere() => EventLoop.Run(async () =>
    {
        var future = Loop.CreateFuture<int>();
        var other = Task.Factory.StartNew(
            () => EventLoop.Run(async () =>
            {
                var mine = EventLoop.Running;
                var result = await future;
                Assert.Same(mine, EventLoop.Running);
                return result;
            }),
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Loop.CallLater(Soon, () => future.SetResult(7));

        Assert.Equal(7, await other);
    });

    [Fact]
    public void AnyCall_FromAnotherThread_IsRefused() => EventLoop.Run(async () =>
    {
        var future = Loop.CreateFuture<int>();
        var loop = Loop;
        await Task.Run(
            () =>
            {
                Assert.Throws<InvalidOperationException>(() => loop.CreateFuture<int>());
                Assert.Throws<InvalidOperationException>(() => future.TrySetResult(1));
                Assert.Throws<InvalidOperationException>(() => future.TrySetException(new FormatException()));
                Assert.Throws<InvalidOperationException>(() => future.Cancel());
                Assert.Throws<InvalidOperationException>(() => future.AddDoneCallback(_ => { }));
                Assert.Throws<InvalidOperationException>(() => future.RemoveDoneCallback(_ => { }));
            },
            Cancellation);

        Assert.False(future.IsCompleted);
    });

    [Theory]
    [InlineData(true, "callback, awaiter, later callback")]
    [InlineData(false, "awaiter, callback, later callback")]
    public void AddDoneCallback_BesideAnAwait_RunsInTheirOrder(bool isCallbackFirst, string expected)
    {
        var seen = new List<string>();
        VirtualLoop.Run(async test =>
        {
            var future = Loop.CreateFuture<int>();
            if (isCallbackFirst)
            {
                future.AddDoneCallback(_ => seen.Add("callback"));
            }

            var waiting = WaitAsync(future);
            if (!isCallbackFirst)
            {
                future.AddDoneCallback(_ => seen.Add("callback"));
            }

            future.AddDoneCallback(_ => seen.Add("later callback"));
            future.SetResult(1);
            await waiting;
            await Loop.Delay(Soon);
        });

        Assert.Equal(expected, string.Join(", ", seen));

        async Task WaitAsync(LoopFuture<int> future)
        {
            await future;
            seen.Add("awaiter");
        }
    }

    [Fact]
    public void AddDoneCallback_Several_RunInOrderInTheNextTurnUnderTheirContext() => VirtualLoop.Run(async test =>
    {
        var local = new AsyncLocal<string>();
        var seen = new List<string>();
        var future = Loop.CreateFuture<int>();
        Action<LoopFuture> removed = _ => seen.Add("removed");
        local.Value = "one";
        future.AddDoneCallback(_ => seen.Add(local.Value));
        future.AddDoneCallback(removed);
        future.AddDoneCallback(removed);
        local.Value = "two";
        future.AddDoneCallback(f => seen.Add(local.Value + ((LoopFuture<int>)f).Result));
        local.Value = "three";

        Assert.Equal(2, future.RemoveDoneCallback(removed));
        Assert.Equal(0, future.RemoveDoneCallback(removed));
        future.SetResult(1);
        future.AddDoneCallback(_ => seen.Add("late"));
        Assert.Empty(seen);
        await Task.Yield();

        Assert.Equal(["one", "two1", "late"], seen);
    });

    [Fact]
    public void Failure_NobodyLooksAt_IsReportedAtTheNextIdleTurn()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                Loop.CreateFuture<int>("lost").SetException(new FormatException("boom"));
                var seen = Loop.CreateFuture<int>("seen");
                seen.SetException(new FormatException("boom"));
                Assert.NotNull(seen.Exception);
                await Loop.Delay(Soon);
                Assert.Contains("of future lost,", Assert.Single(errors).Message, StringComparison.Ordinal);
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Single(errors);
    }

    [Fact]
    public void Await_ScopeIsCancelled_CancelsTheFutureAndEnds() => VirtualLoop.Run(async test =>
    {
        var future = Loop.CreateFuture<int>();
        Assert.True(await CancelScope.RunAsync(async _ => await future, Soon));

        Assert.True(future.IsCanceled);
        Assert.Equal("the scope that awaited it was cancelled", future.CancelReason);
        Assert.Equal(Soon, Loop.Time);
    });

    [Fact]
    public void Await_InAScopeCancelledBefore_EndsAsWell() => VirtualLoop.Run(async test =>
        Assert.True(await CancelScope.RunAsync(async scope =>
        {
            scope.Cancel();
            await Loop.CreateFuture<int>();
        })));

    [Fact]
    public void Await_ScopeIsCancelledFromAnotherThread_Ends() => EventLoop.Run(async () =>
        Assert.True(await CancelScope.RunAsync(async scope =>
        {
            _ = Task.Run(scope.Cancel, Cancellation);
            await Loop.CreateFuture<int>();
        })));

    [Fact]
    public void Await_OfATaskWhoseAwaiterIsCancelled_CancelsItAndAwaitsItsCleanup() => VirtualLoop.Run(async test =>
    {
        var cleaned = false;
        var inner = Loop.CreateTask(async () =>
        {
            try
            {
                await Loop.Delay(TimeSpan.FromHours(1));
            }
            finally
            {
                await Task.Delay(Soon, Loop.TimeProvider, CancellationToken.None);
                cleaned = true;
            }
        });

        Assert.True(await CancelScope.RunAsync(async _ => await inner, Soon));

        Assert.True(cleaned);
        Assert.True(inner.IsCanceled);
    });

    [Fact]
    public void Await_ThatHasEnded_LeavesNothingInTheScope() => VirtualLoop.Run(async test =>
    {
        var late = Loop.CreateFuture<int>();
        await CancelScope.RunAsync(async scope =>
        {
            var early = Loop.CreateFuture<int>();
            Loop.CallSoon(() => early.SetResult(1));
            await early;
            scope.Cancel();
            Assert.Equal(1, await early);
        });
        Loop.CallSoon(() => late.SetResult(1));

        Assert.Equal(1, await late);
    });

    [Fact]
    public void Await_ALongChainOfTasks_IsCancelledWithoutADeepStack() => VirtualLoop.Run(async test =>
    {
        LoopTask last = Loop.CreateTask(() => Loop.Delay(TimeSpan.FromHours(1)));
        var first = last;
        for (var i = 0; i < 20_000; i++)
        {
            var inner = last;
            last = Loop.CreateTask(async () => await inner);
        }

        await Loop.Delay(Soon);
        last.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last.AsTask());

        Assert.True(first.IsCanceled);
    });
}
