using System.IO.Pipelines;

namespace Rondo.Runtime.Tests;

/// <summary>Ordinary async and await on the loop.</summary>
public sealed class AwaitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_MainReturnsAValue_IsTheResult() => Assert.Equal(42, EventLoop.Run(async () =>
    {
        await Task.Yield();
        return 42;
    }));

    [Fact]
    public void Run_MainThrows_ThrowsItUnwrapped()
    {
        var error = Assert.Throws<InvalidOperationException>(() => EventLoop.Run(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("boom");
        }));

        Assert.Equal("boom", error.Message);
    }

    [Fact]
    public void Await_OfThreadPoolWork_ComesBackToTheLoop() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running;
        var there = await Task.Run(() => EventLoop.Running, Cancellation);

        Assert.Null(there);
        Assert.Same(loop, EventLoop.Running);
    });

    [Fact]
    public void Yield_TwoTasks_TakeTurns()
    {
        var seen = new List<string>();
        EventLoop.Run(() => Task.WhenAll(Speak("a"), Speak("b")));

        Assert.Equal(["a1", "b1", "a2", "b2", "a3", "b3"], seen);

        async Task Speak(string name)
        {
            for (var i = 1; i <= 3; i++)
            {
                seen.Add(name + i);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public void TaskFactory_OnTheLoopsScheduler_RunsOnTheLoopAndNeverInline() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        var ran = false;
        var task = Task.Factory.StartNew(
            () => ran = ReferenceEquals(EventLoop.Running, loop),
            Cancellation,
            TaskCreationOptions.None,
            loop.TaskScheduler);

        Assert.False(ran);
        Assert.True(await task);
    });

    [Fact]
    public void PipeScheduler_OfAReader_ContinuesOnTheLoop() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        var pipe = new Pipe(new PipeOptions(readerScheduler: loop.PipeScheduler, useSynchronizationContext: false));
        var reading = ReadAsync();

        await Task.Run(() => pipe.Writer.WriteAsync(new byte[] { 1 }, Cancellation).AsTask(), Cancellation);

        Assert.Same(loop, await reading);

        async Task<EventLoop?> ReadAsync()
        {
            await pipe.Reader.ReadAsync(Cancellation);
            return EventLoop.Running;
        }
    });

    [Fact]
    public void SwitchTo_FromThePool_ContinuesOnTheLoop() => EventLoop.Run(async () =>
    {
        var loop = EventLoop.Running!;
        await Task.Run(
            async () =>
            {
                Assert.Null(EventLoop.Running);
                await loop.SwitchTo();
                Assert.Same(loop, EventLoop.Running);
            },
            Cancellation);
    });

    [Fact]
    public void CallSoonThreadSafe_FromManyThreads_KeepsTheOrderOfEach()
    {
        const int threads = 8, posts = 10_000;
        var seen = Enumerable.Range(0, threads).Select(_ => new List<int>()).ToArray();
        using var loop = new EventLoop();
        var left = threads;
        foreach (var mine in seen)
        {
            new Thread(() =>
            {
                for (var i = 0; i < posts; i++)
                {
                    loop.CallSoonThreadSafe(n => mine.Add((int)n!), i);
                }

                loop.CallSoonThreadSafe(() =>
                {
                    if (--left == 0)
                    {
                        loop.Stop();
                    }
                });
            }).Start();
        }

        loop.RunForever();

        Assert.All(seen, mine => Assert.Equal(Enumerable.Range(0, posts), mine));
    }

    [Fact]
    public void CallSoonThreadSafe_ToASleepingLoop_WakesIt()
    {
        using var loop = new EventLoop();
        var rounds = 0;
        loop.CallSoon(() => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                // Each round waits for the loop, so that the loop is asleep or about to be when the next post comes.
                using var done = new ManualResetEventSlim();
                loop.CallSoonThreadSafe(() =>
                {
                    rounds++;
                    done.Set();
                });
                Assert.True(done.Wait(TimeSpan.FromSeconds(10)));
            }

            loop.Stop();
        }).Start());

        loop.RunForever();

        Assert.Equal(200, rounds);
    }

    [Fact]
    public void CallSoonThreadSafe_TakenBack_NeverRuns()
    {
        var ran = false;
        using var loop = new EventLoop();
        var handle = loop.CallSoonThreadSafe(() => ran = true);

        Assert.True(handle.Cancel());
        Assert.False(handle.Cancel());
        loop.Stop();
        loop.RunForever();

        Assert.False(ran);
    }

    [Fact]
    public void Stop_BeforeMainEnds_IsAnError()
    {
        using var loop = new EventLoop();

        var error = Assert.Throws<InvalidOperationException>(() => loop.RunUntilComplete(async () =>
        {
            loop.Stop();
            await Task.Delay(Timeout.InfiniteTimeSpan, loop.TimeProvider, Cancellation);
        }));

        Assert.Contains("stopped before", error.Message, StringComparison.Ordinal);
    }
}
