namespace Rondo.Runtime.Tests;

/// <summary>The contract of scheduling, errors and closing, as asyncio documents it.</summary>
public sealed class EventLoopTests
{
    [Fact]
    public void CallSoon_Several_RunInOrderOfRegistration()
    {
        var seen = new List<int>();
        Run(loop =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                loop.CallSoon(n => seen.Add((int)n!), i);
            }

            loop.CallSoon(loop.Stop);
        });

        Assert.Equal(Enumerable.Range(0, 1_000), seen);
    }

    [Fact]
    public void CallSoon_FromACallback_RunsInTheNextTurn()
    {
        var seen = new List<string>();
        Run(loop =>
        {
            loop.CallSoon(() =>
            {
                seen.Add("first");
                loop.CallSoon(() => seen.Add("of the next turn"));
                loop.Stop();
            });
            loop.CallSoon(() => seen.Add("second"));
        });

        Assert.Equal(["first", "second"], seen);
    }

    [Fact]
    public void CallSoon_Cancelled_NeverRunsAndCancelsOnce()
    {
        var ran = false;
        Run(loop =>
        {
            var handle = loop.CallSoon(() => ran = true);
            Assert.True(handle.Cancel());
            Assert.False(handle.Cancel());
            loop.CallSoon(loop.Stop);
        });

        Assert.False(ran);
    }

    [Fact]
    public void Cancel_OfACallbackThatHasRun_LeavesLaterOnesAlone()
    {
        var ran = 0;
        Run(loop =>
        {
            var first = loop.CallSoon(() => ran++);
            loop.CallSoon(() =>
            {
                loop.CallSoon(() => ran++);
                Assert.False(first.Cancel());
                loop.CallSoon(loop.Stop);
            });
        });

        Assert.Equal(2, ran);
    }

    [Fact]
    public void Stop_BeforeRunForever_RunsExactlyOneTurn()
    {
        var turns = 0;
        using var loop = new EventLoop();
        loop.CallSoon(() =>
        {
            turns++;
            loop.CallSoon(() => turns++);
        });
        loop.Stop();

        loop.RunForever();

        Assert.Equal(1, turns);
    }

    [Fact]
    public void RunUntilComplete_StoppedBeforeItsEnd_DoesNotStopTheNextRun()
    {
        using var loop = new EventLoop();
        var gate = loop.CreateFuture<bool>();
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(async () =>
        {
            loop.Stop();
            await gate;
        }));

        gate.SetResult(true);
        var turns = 0;
        loop.RunUntilComplete(async () =>
        {
            for (; turns < 10; turns++)
            {
                await Task.Yield();
            }
        });

        Assert.Equal(10, turns);
    }

    [Fact]
    public async Task Stop_OfAClosedLoop_DoesNothing()
    {
        var loop = new EventLoop();
        loop.Close();

        loop.Stop();
        await Task.Run(loop.Stop, TestContext.Current.CancellationToken);

        Assert.False(loop.IsRunning);
    }

    [Fact]
    public void Exception_InACallback_GoesToTheHandlerAndLaterCallbacksRun()
    {
        var errors = new List<LoopError>();
        var later = false;
        Run(
            loop =>
            {
                loop.CallSoon(Fail);
                loop.CallSoon(() => later = true);
                loop.CallSoon(loop.Stop);
            },
            new LoopOptions { ErrorHandler = errors.Add });

        var error = Assert.Single(errors);
        Assert.True(later);
        Assert.Equal("boom", error.Exception.Message);
        Assert.Matches(@"^Exception in callback .+ at .+EventLoopTests\.cs:\d+$", error.Message);
    }

    [Fact]
    public void Exception_OfTheErrorHandler_DoesNotStopTheLoop()
    {
        var later = false;
        Run(
            loop =>
            {
                loop.CallSoon(Fail);
                loop.CallSoon(() => later = true);
                loop.CallSoon(loop.Stop);
            },
            new LoopOptions { ErrorHandler = _ => throw new InvalidOperationException("second") });

        Assert.True(later);
    }

    [Fact]
    public void Close_Twice_IsFineAndEveryLaterCallIsRefused()
    {
        var loop = new EventLoop();
        loop.Close();
        loop.Close();

        Assert.True(loop.IsClosed);
        Assert.Equal(
            "Event loop is closed.",
            Assert.Throws<ObjectDisposedException>(() => { loop.CallSoon(() => { }); }).Message);
        Assert.Throws<ObjectDisposedException>(() => { loop.CallSoonThreadSafe(() => { }); });
        Assert.Throws<ObjectDisposedException>(() => loop.CallLater(TimeSpan.Zero, () => { }));
        Assert.Throws<ObjectDisposedException>(loop.RunForever);
    }

    [Fact]
    public void Close_WhileRunning_IsRefused() => Run(loop =>
    {
        Assert.Equal(
            "Cannot close a running event loop.", Assert.Throws<InvalidOperationException>(loop.Close).Message);
        loop.Stop();
    });

    [Fact]
    public void Run_InsideARunningLoop_IsRefused() => Run(loop =>
    {
        using var other = new EventLoop();
        Assert.Contains(
            "already running",
            Assert.Throws<InvalidOperationException>(loop.RunForever).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "another loop",
            Assert.Throws<InvalidOperationException>(other.RunForever).Message,
            StringComparison.Ordinal);
        loop.Stop();
    });

    [Fact]
    public async Task CallSoon_FromAnotherThread_IsAlwaysRefused()
    {
        using var loop = new EventLoop();

        var refused = await Task.Factory.StartNew(
            () => Assert.Throws<InvalidOperationException>(() => { loop.CallSoon(() => { }); }),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.Contains("CallSoonThreadSafe", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Running_OnlyInsideARun_IsTheLoop()
    {
        EventLoop? inside = null;
        using var loop = new EventLoop();
        loop.CallSoon(() => inside = EventLoop.Running);
        loop.Stop();

        loop.RunForever();

        Assert.Same(loop, inside);
        Assert.Null(EventLoop.Running);
    }

    [Fact]
    public void AsyncLocal_ChangedInACallback_DoesNotLeakIntoTheNext()
    {
        var local = new AsyncLocal<string?>();
        var seen = new List<string?>();
        Run(loop =>
        {
            local.Value = "of the scheduler";
            loop.CallSoon(() =>
            {
                seen.Add(local.Value);
                local.Value = "changed";
            });
            loop.CallSoon(() => seen.Add(local.Value));
            local.Value = null;
            loop.CallSoon(() => seen.Add(local.Value));
            loop.CallSoon(loop.Stop);
        });

        Assert.Equal(["of the scheduler", "of the scheduler", null], seen);
    }

    private static void Fail() => throw new InvalidOperationException("boom");

    private static void Run(Action<EventLoop> body, LoopOptions? options = null)
    {
        using var loop = new EventLoop(options);
        Exception? failed = null;
        loop.CallSoon(() =>
        {
            try
            {
                body(loop);
            }
            catch (Exception error)
            {
                failed = error;
                loop.Stop();
            }
        });
        loop.RunForever();
        Assert.Null(failed);
    }
}
