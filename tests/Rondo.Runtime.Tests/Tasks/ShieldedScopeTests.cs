using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Tasks;

/// <summary>Clean-up that waits although what is around it is cancelled.</summary>
public sealed class ShieldedScopeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void CleanUp_InACancelledScope_WaitsAndIsWaitedFor() => VirtualLoop.Run(async test =>
    {
        var seen = new List<string>();
        Assert.True(await CancelScope.RunAsync(
            async _ =>
            {
                try
                {
                    await Loop.Delay(Long);
                }
                finally
                {
                    Assert.False(await CancelScope.RunShieldedAsync(async shielded =>
                    {
                        await Loop.Delay(Second);
                        await Loop.CreateTask(() => Loop.Delay(Second));
                        await TaskGroup.RunAsync(group => Task.FromResult(group.Start(() => Loop.Delay(Second))));
                        await CancelScope.RunAsync(inner => Task.Delay(Second, Loop.TimeProvider, inner.Token));
                        Assert.False(shielded.IsCancelled);
                        seen.Add("cleaned");
                    }));
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop.Delay(Second));
                    seen.Add("cancelled again");
                }
            },
            deadline: Second));

        Assert.Equal(["cleaned", "cancelled again"], seen);
        Assert.Equal(Second * 5, Loop.Time);
    });

    [Fact]
    public void CleanUp_CancelledMeanwhile_GoesOn() => VirtualLoop.Run(async test =>
    {
        var cleaned = false;
        var task = Loop.CreateTask(() => CancelScope.RunShieldedAsync(async _ =>
        {
            await Loop.Delay(Second);
            cleaned = true;
        }));
        await Loop.Delay(Second / 2);

        task.Cancel();
        await Loop.Delay(Second);

        Assert.True(cleaned);
        Assert.True(task.IsCompleted);
    });

    [Fact]
    public void CleanUp_BeyondItsLimit_IsCutShort() => VirtualLoop.Run(async test =>
    {
        await CancelScope.RunAsync(async scope =>
        {
            scope.Cancel();
            Assert.True(await CancelScope.RunShieldedAsync(_ => Loop.Delay(Long), limit: Second));
        });
        Assert.Equal(Second, Loop.Time);
    });

    [Fact]
    public void CleanUp_CancelledByHand_EndsThere() => VirtualLoop.Run(async test =>
    {
        Assert.True(await CancelScope.RunShieldedAsync(async scope =>
        {
            scope.Cancel();
            await Loop.Delay(Long);
        }));
    });

    [Fact]
    public void CleanUp_AtTheEndOfTheRun_IsWaitedFor()
    {
        var cleaned = false;
        VirtualLoop.Run(async test =>
        {
            _ = Loop.CreateTask(async () =>
            {
                try
                {
                    await Loop.Delay(Long);
                }
                finally
                {
                    await CancelScope.RunShieldedAsync(_ => Loop.Delay(Second), limit: Second * 2);
                    cleaned = true;
                }
            });
            await Loop.Delay(Second);
        });

        Assert.True(cleaned);
    }

    [Fact]
    public void CleanUp_ThatTakesLong_IsNoIgnoredCancellationUntilItIsOver()
    {
        var reports = new List<LoopReport>();
        VirtualLoop.Run(
            async test =>
            {
                var task = Loop.CreateTask(async () =>
                {
                    await CancelScope.RunShieldedAsync(_ => Loop.Delay(Second * 9));
                    await Task.Delay(Second * 9, Loop.TimeProvider);
                });
                await Loop.Delay(Second);
                task.Cancel();
                await Loop.Delay(Second * 7);
                Assert.Empty(reports);

                await task.AsTask();
            },
            options: new LoopOptions { Debug = true, SlowCallbackDuration = Long, ReportHandler = reports.Add });

        Assert.IsType<IgnoredCancellation>(Assert.Single(reports));
    }
}
