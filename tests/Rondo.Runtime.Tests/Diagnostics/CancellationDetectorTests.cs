using Rondo.Runtime.Diagnostics;
using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Diagnostics;

public sealed class CancellationDetectorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly Reports _reports = new();

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void Body_ThatCatchesEverything_IsNamedOnce()
    {
        RunAndCancel(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                try
                {
                    await Loop.Delay(Long);
                }
                catch (Exception)
                {
                }
            }
        });

        var swallowed = Assert.IsType<SwallowedCancellation>(Assert.Single(_reports.All));
        Assert.Equal("worker", swallowed.Task.Name);
        Assert.Contains("was cancelled (enough), caught", swallowed.Message, StringComparison.Ordinal);
        Assert.Contains("CancellationDetectorTests.cs:", swallowed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Body_ThatLetsItPass_IsSilent()
    {
        RunAndCancel(async () =>
        {
            try
            {
                await Loop.Delay(Long);
            }
            finally
            {
                await Task.Yield();
            }
        });

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Body_ThatUncancels_IsSilent()
    {
        LoopTask? task = null;
        RunAndCancel(
            async () =>
            {
                try
                {
                    await Loop.Delay(Long);
                }
                catch (OperationCanceledException)
                {
                    task!.Uncancel();
                }

                await Loop.Delay(Long);
            },
            created => task = created);

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Body_ThatIsCancelledAgainAfterUncancel_IsWatchedAgain()
    {
        LoopTask? task = null;
        RunAndCancel(
            async () =>
            {
                for (var i = 0; i < 2; i++)
                {
                    try
                    {
                        await Loop.Delay(Long);
                    }
                    catch (OperationCanceledException) when (i == 0)
                    {
                        task!.Uncancel();
                        Loop.CallSoon(() => task.Cancel("again"));
                    }
                    catch (OperationCanceledException)
                    {
                    }
                }

                await Hang(TimeSpan.FromSeconds(2));
            },
            created => task = created);

        Assert.Equal([nameof(IgnoredCancellation), nameof(SwallowedCancellation)], _reports.All.Select(r => r.Kind));
    }

    [Fact]
    public void Body_ThatNeverSawIt_IsSilent()
    {
        RunAndCancel(() => Hang(TimeSpan.FromSeconds(0.5)));

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Scopes_ThatConsumeTheirOwn_AreSilent()
    {
        VirtualLoop.Run(
            async test =>
            {
                var task = Loop.CreateTask(async () =>
                {
                    Assert.True(await CancelScope.RunAsync(_ => Loop.Delay(Long), TimeSpan.FromSeconds(1)));
                    await Assert.ThrowsAsync<TimeoutException>(
                        () => TimeoutScope.RunAsync(TimeSpan.FromSeconds(1), _ => Loop.Delay(Long)));
                });
                await task;
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Exception_OfAnotherTask_IsNotTakenForTheBodysOwn()
    {
        VirtualLoop.Run(
            async test =>
            {
                var other = Loop.CreateTask(() => Loop.Delay(Long));
                LoopTask? task = null;
                task = Loop.CreateTask(async () =>
                {
                    try
                    {
                        await other;
                    }
                    catch (OperationCanceledException)
                    {
                        // The other's. This task has been cancelled too, but has not seen it yet, and is done.
                    }
                });
                await Task.Yield();
                await Task.Yield();
                other.Cancel();
                task.Cancel();
                await task;
            },
            options: _reports.Options);

        Assert.Empty(_reports.All);
    }

    [Fact]
    public void Child_OfAGroup_ThatSwallowsTheGroups_IsNamed()
    {
        VirtualLoop.Run(
            async test => await TaskGroup.RunAsync(async group =>
            {
                _ = group.Start(
                    async () =>
                    {
                        try
                        {
                            await Loop.Delay(Long);
                        }
                        catch (Exception)
                        {
                        }
                    },
                    "child");
                await Loop.Delay(TimeSpan.FromSeconds(1));
                group.Cancel();
            }),
            options: _reports.Options);

        Assert.Equal("child", Assert.IsType<SwallowedCancellation>(Assert.Single(_reports.All)).Task.Name);
    }

    [Fact]
    public void Task_ThatStillRunsAfterASecond_IsNamedOnce()
    {
        RunAndCancel(() => Hang(TimeSpan.FromSeconds(5)));

        var ignored = Assert.IsType<IgnoredCancellation>(Assert.Single(_reports.All));
        Assert.Equal("worker", ignored.Task.Name);
        Assert.Equal(TimeSpan.FromSeconds(1), ignored.Since);
        Assert.False(ignored.WasSeen);
        Assert.Equal(["timer, due in 3.999 s"], ignored.Awaits);
        Assert.EndsWith(
            "still runs 1.0 s after it was cancelled (enough): what it awaits does not know its token."
                + $"{Environment.NewLine}  waits for timer, due in 3.999 s",
            ignored.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Child_ThatKeepsItsGroupWaiting_IsNamed()
    {
        VirtualLoop.Run(
            async test => await TaskGroup.RunAsync(
                async group =>
                {
                    _ = group.Start(() => Hang(TimeSpan.FromSeconds(5)), "child");
                    await Loop.Delay(Long);
                },
                deadline: TimeSpan.FromSeconds(1)),
            options: _reports.Options);

        Assert.Equal("child", Assert.IsType<IgnoredCancellation>(Assert.Single(_reports.All)).Task.Name);
    }

    [Fact]
    public void Scope_CancelledOnAnotherThread_IsFollowedToo()
    {
        VirtualLoop.Run(
            async test => await CancelScope.RunAsync(async scope =>
            {
                var task = Loop.CreateTask(() => Hang(TimeSpan.FromSeconds(5)), "child", scope, eager: false);
                await Task.Yield();
                using (test.ExternalWork())
                {
                    await Task.Run(scope.Cancel);
                }

                await task;
            }),
            options: _reports.Options);

        Assert.Equal("child", Assert.IsType<IgnoredCancellation>(Assert.Single(_reports.All)).Task.Name);
    }

    private static Task Hang(TimeSpan time) => Task.Delay(time, Loop.TimeProvider, CancellationToken.None);

    private void RunAndCancel(Func<Task> body, Action<LoopTask>? created = null) => VirtualLoop.Run(
        async test =>
        {
            var task = Loop.CreateTask(body, "worker");
            created?.Invoke(task);
            await Loop.Delay(TimeSpan.FromMilliseconds(1));
            task.Cancel("enough");
            await task.AsTask().ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        },
        options: _reports.Options);
}
