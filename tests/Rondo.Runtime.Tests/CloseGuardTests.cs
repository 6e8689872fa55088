using System.Runtime.CompilerServices;
using Rondo.Runtime.Executors;
using Rondo.Runtime.Tests.Diagnostics;

namespace Rondo.Runtime.Tests;

public sealed class CloseGuardTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly Reports _reports = new();

    [Fact]
    public void Loop_DroppedInDebugMode_IsReportedWithItsCreationStack()
    {
        var dropped = Drop(_reports.Options with { Name = "orders" });
        _reports.CollectUntilReported();

        var unclosed = Assert.IsType<Unclosed>(Assert.Single(_reports.All));
        Assert.Equal("event loop orders", unclosed.Resource);
        Assert.Null(unclosed.Loop);
        Assert.Contains("CloseGuardTests.cs:line ", unclosed.CreatedAt, StringComparison.Ordinal);
        Assert.Contains(unclosed.CreatedAt!, unclosed.Message, StringComparison.Ordinal);
        Reports.Collect();
        Assert.False(dropped.TryGetTarget(out _), "The report keeps the loop alive.");
    }

    [Fact]
    public void Loop_DroppedWithoutDebug_IsReportedInOneLine()
    {
        Drop(_reports.Options with { Name = "orders", Debug = false });
        _reports.CollectUntilReported();

        Assert.Equal(
            "Unclosed event loop orders: it was dropped without being closed.", Assert.Single(_reports.All).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Loop_DroppedAfterItsClose_IsNotReported(bool debug)
    {
        DropClosed(_reports.Options with { Debug = debug });
        Reports.Collect();

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Loop_ThatFinishedItsRunAndIsDropped_IsReported()
    {
        Drop(_reports.Options, loop =>
        {
            loop.CreateTask(() => Task.CompletedTask);
            loop.CallSoon(loop.Stop);
            loop.RunForever();
        });

        // The watchdog's thread lets go of the loop when it next looks.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Reports.Collect();
                return _reports.Of<Unclosed>().Any();
            },
            TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Handler_ThatFails_DoesNotEndTheProcess()
    {
        var calls = 0;
        Drop(new LoopOptions
        {
            ReportHandler = _ =>
            {
                calls++;
                throw new InvalidOperationException("boom");
            },
        });
        for (var round = 0; round < 100 && calls == 0; round++)
        {
            Reports.Collect();
        }

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Executor_Dropped_IsReportedAndItsThreadsEndWithWhatIsQueued(bool debug)
    {
        using var loop = new EventLoop(_reports.Options with { Debug = debug });
        var (thread, last) = DropExecutor(loop);
        _reports.CollectUntilReported();

        Assert.Equal(7, await last.WaitAsync(Guard, TestContext.Current.CancellationToken));
        Assert.True(thread.Join(Guard), "The thread of the executor goes on.");
        var unclosed = Assert.Single(_reports.Of<Unclosed>());
        Assert.Equal("executor thumbnails", unclosed.Resource);
        if (debug)
        {
            Assert.Contains("CloseGuardTests.cs:line ", unclosed.CreatedAt, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(unclosed.CreatedAt);
        }
    }

    [Fact]
    public void Executor_DroppedAfterItsShutdown_IsNotReported()
    {
        using var loop = new EventLoop(_reports.Options);
        var (thread, _) = DropExecutor(loop, shutDown: true);
        Reports.Collect();

        Assert.True(thread.Join(Guard));
        Assert.Empty(_reports.Of<Unclosed>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Thread Thread, Task<int> Last) DropExecutor(EventLoop loop, bool shutDown = false) =>
        loop.RunUntilComplete(async () =>
        {
            var executor = new ThreadExecutor(new ThreadExecutorOptions { Name = "thumbnails", MaxThreads = 1 });
            var thread = await loop.RunInExecutor(executor, () => Thread.CurrentThread);
            var last = executor.SubmitAsync(() => 7, CancellationToken.None);
            if (shutDown)
            {
                await executor.DisposeAsync();
            }

            return (thread, last);
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<EventLoop> Drop(LoopOptions options, Action<EventLoop>? use = null)
    {
        var loop = new EventLoop(options);
        use?.Invoke(loop);
        return new WeakReference<EventLoop>(loop);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DropClosed(LoopOptions options) => new EventLoop(options).Close();
}
