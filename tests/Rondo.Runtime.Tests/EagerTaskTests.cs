using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

public sealed class EagerTaskTests
{
    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void CreateTask_Eager_RunsTheFirstStepInsideTheCall() => VirtualLoop.Run(async test =>
    {
        var steps = 0;
        var task = Loop.CreateTask(
            async () =>
            {
                steps++;
                await Task.Yield();
                steps++;
                return 7;
            },
            eager: true);

        Assert.Equal(1, steps);
        Assert.Equal(7, await task);
        Assert.Equal(2, steps);
    });

    [Fact]
    public void CreateTask_EagerThatDoesNotWait_HasEndedAndLeavesTheLoop() => VirtualLoop.Run(async test =>
    {
        var task = Loop.CreateTask(() => Task.FromResult(7), eager: true);

        Assert.Equal(7, task.Result);
        await Task.Yield();
        Assert.DoesNotContain(task, Loop.Tasks);
    });

    [Fact]
    public void CreateTask_EagerWhereTheLoopsContextIsMissing_ComesBackToTheLoop() => VirtualLoop.Run(async test =>
    {
        LoopTask<EventLoop?>? task = null;
        await NextAsync();
        Assert.Same(Loop, await task!);

        async Task NextAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Loop.TimeProvider).ConfigureAwait(false);
            Assert.Null(SynchronizationContext.Current);
            task = Loop.CreateTask(
                async () =>
                {
                    await Task.Yield();
                    return EventLoop.Running;
                },
                eager: true);
            Assert.Null(SynchronizationContext.Current);
        }
    });

    [Fact]
    public void CreateTask_EagerThatFails_HoldsTheError() => VirtualLoop.Run(async test =>
    {
        var task = Loop.CreateTask<int>(() => throw new FormatException(), eager: true);

        Assert.True(task.IsCompleted);
        await Assert.ThrowsAsync<FormatException>(async () => await task);
    });

    [Fact]
    public void CreateTask_Eager_LeavesTheCallersContextAndScopeAlone() => VirtualLoop.Run(async test =>
    {
        var local = new AsyncLocal<string> { Value = "caller" };
        var scope = CancelScope.Current;
        var task = Loop.CreateTask(
            () =>
            {
                local.Value = "task";
                return Task.FromResult(CancelScope.Current);
            },
            eager: true);

        Assert.Equal("caller", local.Value);
        Assert.Same(scope, CancelScope.Current);
        Assert.NotSame(scope, await task);
    });

    [Fact]
    public void CreateTask_EagerBeforeTheLoopRuns_StartsWithTheLoop()
    {
        using var loop = new EventLoop();
        var ran = false;
        loop.CreateTask(
            () =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            eager: true);
        Assert.False(ran);

        loop.Stop();
        loop.RunForever();

        Assert.True(ran);
    }

    [Fact]
    public void TaskGroup_EagerChildren_NeitherHangItNorLoseAnError() => VirtualLoop.Run(async test =>
    {
        var done = 0;
        Assert.False(await TaskGroup.RunAsync(group =>
        {
            for (var i = 0; i < 100; i++)
            {
                group.Start(
                    () =>
                    {
                        done++;
                        return Task.CompletedTask;
                    },
                    eager: true);
            }

            return Task.CompletedTask;
        }));
        var error = await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(async group =>
        {
            _ = group.Start(() => throw new FormatException(), eager: true);
            await Loop.Delay(TimeSpan.FromHours(1));
        }));

        Assert.Equal(100, done);
        Assert.IsType<FormatException>(Assert.Single(error.InnerExceptions));
        Assert.Equal(TimeSpan.Zero, Loop.Time);
    });
}
