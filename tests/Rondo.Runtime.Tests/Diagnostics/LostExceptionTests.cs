using System.Runtime.CompilerServices;
using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class LostExceptionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Reports _reports = new();

    [Fact]
    public void Task_ThatFailsUnseen_IsReportedAtTheNextIdleTurnWithItsCreationSite()
    {
        var errors = new List<LoopError>();
        VirtualLoop.Run(
            async test =>
            {
                _ = test.Loop.CreateTask(FailAsync, "forgotten");
                await test.Loop.Delay(Tick);
                Assert.Single(_reports.All);
            },
            options: _reports.Options with { ErrorHandler = errors.Add });

        var lost = Assert.Single(_reports.Of<LostException>());
        Assert.Equal("task forgotten", lost.Origin);
        Assert.Equal("boom", lost.Exception.Message);
        Assert.Contains("LostExceptionTests.cs:line ", lost.CreatedAt, StringComparison.Ordinal);
        Assert.Contains("LostExceptionTests.cs:", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainTask_ThatFailsUnseen_IsReportedOnceTheLoopHasBeenIdle()
    {
        VirtualLoop.Run(
            async test =>
            {
                Forget();
                await test.Loop.Delay(Tick);
                GC.WaitForPendingFinalizers();
                Assert.Single(_reports.All);
            },
            options: _reports.Options);

        var lost = Assert.Single(_reports.Of<LostException>());
        Assert.Equal("LostExceptionTests.FailAsync", lost.Origin);
        Assert.Contains("LostExceptionTests.cs", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainTask_LostBeforeTheEnd_IsReportedWhenTheLoopIsClosed()
    {
        VirtualLoop.Run(
            test =>
            {
                Forget();
                return Task.CompletedTask;
            },
            options: _reports.Options);

        Assert.Equal("LostExceptionTests.FailAsync", Assert.Single(_reports.Of<LostException>()).Origin);
    }

    [Fact]
    public void Failure_ThatIsLookedAt_IsNotReported()
    {
        VirtualLoop.Run(
            async test =>
            {
                var task = test.Loop.CreateTask(FailAsync);
                await Assert.ThrowsAsync<InvalidOperationException>(() => task.AsTask());
                await Assert.ThrowsAsync<InvalidOperationException>(FailAsync);
                await test.Loop.Delay(Tick);
                Reports.Collect();
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void PlainTask_ThatFailsOnAnotherThread_IsNotTheLoops()
    {
        VirtualLoop.Run(
            async test =>
            {
                using (test.ExternalWork())
                {
                    await Task.Run(Forget);
                }

                Reports.Collect();
            },
            options: _reports.Options);

        Assert.Empty(_reports.Of<LostException>());
    }

    [Fact]
    public void PlainTask_ThatIsCancelledUnseen_IsNotReported()
    {
        VirtualLoop.Run(
            async test =>
            {
                ForgetCancelled();
                await test.Loop.Delay(Tick);
                Reports.Collect();
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = FailAsync();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetCancelled() => _ = CancelAsync();

    private static async Task FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("boom");
    }

    private static async Task CancelAsync()
    {
        await Task.Yield();
        throw new OperationCanceledException();
    }
}
