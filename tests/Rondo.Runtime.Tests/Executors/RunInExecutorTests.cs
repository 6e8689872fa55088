using System.Linq.Expressions;
using Rondo.Runtime.Executors;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Executors;

/// <summary>The way from the loop to threads and back. Gates hold work where a test needs it; nothing sleeps.</summary>
public sealed class RunInExecutorTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void DefaultExecutor_IsMadeOnFirstUse() => VirtualLoop.Run(async test =>
    {
        Assert.Null(Loop.DefaultExecutor);

        var name = await Loop.RunInExecutor(() => Thread.CurrentThread.Name);

        Assert.Equal("loop-1", name);
        Assert.IsType<ThreadExecutor>(Loop.DefaultExecutor);
    });

    [Fact]
    public void DefaultExecutor_Set_IsUsed() => VirtualLoop.Run(async test =>
    {
        Loop.DefaultExecutor = new ThreadExecutor(new ThreadExecutorOptions { Name = "mine" });
        string? name = null;

        await Loop.RunInExecutor(() => { name = Thread.CurrentThread.Name; });

        Assert.Equal("mine-1", name);
    });

    [Fact]
    public void RunInExecutor_InVirtualTime_HoldsTheClock() => VirtualLoop.Run(async test =>
    {
        using var gate = new ManualResetEventSlim();
        var work = Loop.RunInExecutor(() => gate.Wait(Guard));
        var fired = false;
        Loop.CallLater(TimeSpan.FromSeconds(1), () => fired = true);
        Loop.CallSoon(() => new Thread(gate.Set).Start());

        Assert.True(await work);

        Assert.False(fired);
        Assert.Equal(TimeSpan.Zero, Loop.Time);
        await Loop.Delay(TimeSpan.FromSeconds(2));
        Assert.True(fired);
    });

    [Fact]
    public void RunInExecutor_Rejected_LetsTheClockGo() => VirtualLoop.Run(async test =>
    {
        var executor = new ThreadExecutor();
        await executor.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => { Loop.RunInExecutor(executor, Jobs.Seven); });
        await Loop.Delay(TimeSpan.FromDays(1));

        Assert.Equal(TimeSpan.FromDays(1), Loop.Time);
    });

    [Fact]
    public void RunInExecutor_CancelledWhileItWaits_NeverRuns() => VirtualLoop.Run(async test =>
    {
        await using var executor = new ThreadExecutor(new ThreadExecutorOptions { MaxThreads = 1 });
        using var gate = new ManualResetEventSlim();
        var running = Loop.RunInExecutor(executor, () => gate.Wait(Guard));
        var ran = false;
        var cancelled = await CancelScope.RunAsync(async scope =>
        {
            Loop.CallSoon(scope.Cancel);
            await Loop.RunInExecutor(executor, () => ran = true);
        });
        gate.Set();

        Assert.True(await running);
        Assert.True(cancelled);
        Assert.False(ran);
        Assert.Equal(7, await Loop.RunInExecutor(executor, Jobs.Seven));
    });

    [Fact]
    public void RunInExecutor_Scope_FlowsIntoTheWork() => VirtualLoop.Run(test => CancelScope.RunAsync(async scope =>
        Assert.Same(scope, await Loop.RunInExecutor(() => CancelScope.Current))));

    [Fact]
    public void RunInExecutor_FailureNobodyLooksAt_IsReportedWithTheNameOfTheWork()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                _ = Loop.RunInExecutor(FailingWork);
                await Loop.Delay(TimeSpan.FromSeconds(1));
            },
            options: new LoopOptions { ErrorHandler = errors.Add });

        Assert.Contains(nameof(FailingWork), Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunInExecutor_FromAnotherThread_IsRefused() => EventLoop.Run(async () =>
    {
        var loop = Loop;
        await loop.RunInExecutor(
            () => Assert.Throws<InvalidOperationException>(() => { loop.RunInExecutor(Jobs.Seven); }));
    });

    [Fact]
    public void RunInExecutor_NullArguments_AreRefused() => VirtualLoop.Run(async test =>
    {
        await Task.Yield();
        Assert.Throws<ArgumentNullException>("work", () => { Loop.RunInExecutor((Func<int>)null!); });
        Assert.Throws<ArgumentNullException>("work", () => { Loop.RunInExecutor((Action)null!); });
        Assert.Throws<ArgumentNullException>("executor", () => { Loop.RunInExecutor(null!, Jobs.Seven); });
        Assert.Throws<ArgumentNullException>("executor", () => { Loop.RunInExecutor(null!, Jobs.Double, 1); });
    });

    [Fact]
    public void RunInExecutor_OverloadForExpressionsOfOneExecutor_IsChosenForItAlone() => VirtualLoop.Run(async test =>
    {
        await using var plain = new ThreadExecutor();
        await using var special = new ExpressionExecutor();

        Assert.Equal(42, await Loop.RunInExecutor(plain, () => Jobs.Double(21)));
        Assert.Equal(7, await Loop.RunInExecutor(plain, Jobs.Seven));
        Assert.Equal("Double(21)", await Loop.RunInExecutor(special, () => Jobs.Double(21)));
        Assert.Equal(7, await Loop.RunInExecutor(special, Jobs.Seven));
        Assert.Equal(42, await Loop.RunInExecutor(special, Jobs.Double, 21));
    });

    private static int FailingWork() => Jobs.Fail("boom");
}

/// <summary>An executor with an overload of its own that takes expressions, as one of processes needs it.</summary>
internal sealed class ExpressionExecutor : IExecutor
{
    private readonly ThreadExecutor _inner = new();

    public Task<T> SubmitAsync<T>(Func<T> work, CancellationToken cancellationToken = default) =>
        _inner.SubmitAsync(work, cancellationToken);

    public Task<T> SubmitAsync<TArg, T>(
        Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default) =>
        _inner.SubmitAsync(work, argument, cancellationToken);

    public Task<bool> ShutdownAsync(TimeSpan limit) => _inner.ShutdownAsync(limit);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}

internal static class ExpressionExecutorExtensions
{
    public static LoopFuture<string> RunInExecutor<T>(
        this EventLoop loop, ExpressionExecutor executor, Expression<Func<T>> call) =>
        loop.RunInExecutor((IExecutor)executor, () => call.Body.ToString());
}
