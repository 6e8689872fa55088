using Rondo.Runtime.Executors;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

/// <summary>How a run ends: in which order, and what holds it up.</summary>
public sealed class EndingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Run_Ends_InTheOrderThatIsPromised()
    {
        var seen = new List<string>();
        EventLoop? loop = null;
        VirtualLoop.Run(
            async test =>
            {
                loop = Loop;
                Loop.DefaultExecutor = new RecordingExecutor(seen);
                Loop.RegisterForDispose(new Resource(() => seen.Add("first registered")));
                Loop.RegisterForDispose(new Resource(() => seen.Add("last registered")));
                _ = Loop.CreateTask(() => UntilCancelledAsync(async () =>
                {
                    await Task.Yield();
                    seen.Add("task");
                    throw new FormatException("boom");
                }));
                await Loop.Delay(Second);
                seen.Add("main");
            },
            options: new LoopOptions { ErrorHandler = error => seen.Add(error.Exception.Message) });

        Assert.Equal(["main", "task", "boom", "last registered", "first registered", "executor, open"], seen);
        Assert.True(loop!.IsClosed);
    }

    [Fact]
    public void Run_MainFails_EndsInOrderAndThrowsItsError()
    {
        var disposed = false;

        Assert.Throws<FormatException>(() => VirtualLoop.Run(test =>
        {
            Loop.RegisterForDispose(new Resource(() => disposed = true));
            throw new FormatException();
        }));

        Assert.True(disposed);
    }

    [Fact]
    public void Run_ACallbackOfATaskTokenThrows_ReportsItAndEndsInOrder()
    {
        var cleaned = 0;
        var disposed = false;
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                Loop.RegisterForDispose(new Resource(() => disposed = true));
                foreach (var name in (string[])["one", "two"])
                {
                    _ = Loop.CreateTask(
                        () =>
                        {
                            CancelScope.Current!.Token.Register(() => throw new FormatException(name));
                            return UntilCancelledAsync(() => Task.FromResult(cleaned++));
                        },
                        name);
                }

                await Loop.Delay(Second);
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Equal(2, cleaned);
        Assert.True(disposed);
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, e => e.Message.Contains("cancellation of one", StringComparison.Ordinal));
    }

    [Fact]
    public void RegisterForDispose_AnAbandonedIterator_RunsItsFinally()
    {
        var cleaned = false;
        VirtualLoop.Run(async test =>
        {
            var iterator = CountAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
            Loop.RegisterForDispose(iterator);
            Assert.True(await iterator.MoveNextAsync());
        });

        Assert.True(cleaned);

        async IAsyncEnumerable<int> CountAsync()
        {
            try
            {
                yield return 1;
                await Loop.Delay(Second);
            }
            finally
            {
                await Task.Yield();
                cleaned = true;
            }
        }
    }

    [Fact]
    public void RegisterForDispose_OneFails_IsReportedAndTheOthersFollow()
    {
        var errors = new List<LoopError>();
        var disposed = 0;
        VirtualLoop.Run(
            async test =>
            {
                Loop.RegisterForDispose(new Resource(() => disposed++));
                Loop.RegisterForDispose(new Resource(() => throw new FormatException("boom")));
                await Task.Yield();
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Equal(1, disposed);
        Assert.Contains("the disposal of Resource", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnregisterForDispose_Resource_IsLeftAlone()
    {
        var disposed = 0;
        VirtualLoop.Run(async test =>
        {
            var resource = new Resource(() => disposed++);
            Loop.RegisterForDispose(resource);
            Loop.RegisterForDispose(resource);
            Assert.True(Loop.UnregisterForDispose(resource));
            Assert.False(Loop.UnregisterForDispose(resource));
            await Task.Yield();
        });

        Assert.Equal(0, disposed);
    }

    [Fact]
    public void Run_ATaskDoesNotEnd_IsNamedAfterASecond()
    {
        var reports = new List<LoopReport>();
        VirtualLoop.Run(
            async test =>
            {
                _ = Loop.CreateTask(() => UntilCancelledAsync(() => IgnoreAsync(5 * Second)), "stubborn");
                _ = Loop.CreateTask(() => UntilCancelledAsync(() => IgnoreAsync(0.9 * Second)), "slow");
                await Loop.Delay(Second);
            },
            options: new LoopOptions { ReportHandler = reports.Add });

        Assert.Equal(
            "The event loop cannot end, it still waits for task stubborn (running) after 1.0 s",
            Assert.IsType<UnfinishedAtEnd>(Assert.Single(reports)).Message);
    }

    [Fact]
    public void Run_EverythingEndsInTime_ReportsNothing()
    {
        var reports = new List<LoopReport>();
        VirtualLoop.Run(
            async test =>
            {
                _ = Loop.CreateTask(() => UntilCancelledAsync(() => Task.CompletedTask));
                Loop.RegisterForDispose(new Resource(() => { }));
                await Loop.RunInExecutor(() => 1);
            },
            options: new LoopOptions { ReportHandler = reports.Add });

        Assert.Empty(reports);
    }

    [Fact]
    public void Run_ATaskStartsAnotherWhileItEnds_CancelsThatToo()
    {
        var cancelled = false;
        VirtualLoop.Run(async test =>
        {
            _ = Loop.CreateTask(() => UntilCancelledAsync(async () =>
            {
                _ = Loop.CreateTask(() => UntilCancelledAsync(() =>
                {
                    cancelled = true;
                    return Task.CompletedTask;
                }));
                await IgnoreAsync(0.5 * Second);
            }));
            await Loop.Delay(Second);
        });

        Assert.True(cancelled);
    }

    [Fact]
    public void Run_ACallbackThatNeverStopsScheduling_EndsAllTheSame()
    {
        var turns = 0;
        EventLoop.Run(async () =>
        {
            Again();
            _ = Loop.CreateTask(() => UntilCancelledAsync(() => Task.CompletedTask));
            await Task.Yield();
        });

        Assert.True(turns > 0);

        void Again()
        {
            turns++;
            Loop.CallSoon(Again);
        }
    }

    [Fact]
    public void Run_StoppedWhileItEnds_EndsAllTheSame()
    {
        var cleaned = false;
        VirtualLoop.Run(async test =>
        {
            _ = Loop.CreateTask(() => UntilCancelledAsync(async () =>
            {
                Loop.Stop();
                await IgnoreAsync(0.5 * Second);
                cleaned = true;
            }));
            await Loop.Delay(Second);
        });

        Assert.True(cleaned);
    }

    [Fact]
    public void Run_WorkInTheDefaultExecutor_IsAwaited()
    {
        using var gate = new ManualResetEventSlim();
        var ended = false;
        VirtualLoop.Run(async test =>
        {
            _ = Loop.RunInExecutor(() =>
            {
                gate.Wait(Guard);
                ended = true;
            });
            await Task.Yield();
            new Thread(gate.Set).Start();
        });

        Assert.True(ended);
    }

    [Fact]
    public void Run_WorkInTheDefaultExecutorBeyondTheLimit_IsReportedAndLeft()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var reports = new List<LoopReport>();
        VirtualLoop.Run(
            async test =>
            {
                _ = Loop.RunInExecutor(() =>
                {
                    started.Set();
                    gate.Wait(Guard);
                    ended.Set();
                });
                started.Wait(Guard, TestContext.Current.CancellationToken);
                await Task.Yield();
            },
            options: new LoopOptions { ReportHandler = reports.Add, ExecutorShutdownLimit = TimeSpan.Zero });
        gate.Set();

        Assert.True(ended.Wait(Guard, TestContext.Current.CancellationToken));
        Assert.Equal(
            "The event loop ends without work in the default executor after 0.0 s", Assert.Single(reports).Message);
    }

    [Fact]
    public void Close_WithoutRun_RefusesTheExecutorMoreWork()
    {
        var executor = new ThreadExecutor();
        using (var loop = new EventLoop { DefaultExecutor = executor })
        {
            loop.RunUntilComplete(async () => await loop.RunInExecutor(() => 1));
        }

        var cancellation = TestContext.Current.CancellationToken;
        Assert.Throws<ObjectDisposedException>(() => { _ = executor.SubmitAsync(() => 1, cancellation); });
    }

    private static async Task UntilCancelledAsync(Func<Task> cleanUp)
    {
        try
        {
            await Loop.Delay(TimeSpan.FromHours(1));
        }
        finally
        {
            await cleanUp();
        }
    }

    // A plain task knows no scope.
    private static Task IgnoreAsync(TimeSpan time) =>
        Task.Delay(time, Loop.TimeProvider, TestContext.Current.CancellationToken);

    private sealed class Resource(Action dispose) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            dispose();
        }
    }

    private sealed class RecordingExecutor(List<string> seen) : IExecutor
    {
        public Task<T> SubmitAsync<T>(Func<T> work, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<T> SubmitAsync<TArg, T>(
            Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<bool> ShutdownAsync(TimeSpan limit)
        {
            if (EventLoop.Running is { IsClosed: false })
            {
                seen.Add("executor, open");
            }

            return Task.FromResult(true);
        }

        public ValueTask DisposeAsync() => default;
    }
}
