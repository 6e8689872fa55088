using Rondo.Runtime.Tasks;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Tasks;

public sealed class TaskGroupTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static EventLoop Loop => EventLoop.Running!;

    [Fact]
    public void RunAsync_AllSucceed_EndsWithTheLast() => VirtualLoop.Run(async test =>
    {
        var done = 0;
        var cancelled = await TaskGroup.RunAsync(group =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                group.Start(async () =>
                {
                    await Task.Yield();
                    done++;
                });
            }

            return Task.CompletedTask;
        });

        Assert.False(cancelled);
        Assert.Equal(10_000, done);
    });

    [Fact]
    public void RunAsync_ACallbackOfItsTokenThrows_EndsWithThatErrorToo() => VirtualLoop.Run(async test =>
    {
        var error = await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(group =>
        {
            _ = group.Token.Register(() => throw new InvalidOperationException("in a callback"));
            group.Start(() => Loop.Delay(Long));
            group.Start(() => throw new FormatException("in a child"));
            return Task.CompletedTask;
        }));

        Assert.Equal(["in a child", "in a callback"], error.InnerExceptions.Select(e => e.Message));
    });

    [Fact]
    public void RunAsync_AChildFails_CancelsTheOthersAndTheBodyAndLosesNoError() => VirtualLoop.Run(async test =>
    {
        var cancelled = 0;
        var error = await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(async group =>
        {
            _ = group.Start(() => Wait(() => cancelled++));
            _ = group.Start(() => Wait(() =>
            {
                cancelled++;
                throw new InvalidOperationException("while cleaning up");
            }));
            _ = group.Start(async () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("first");
            });
            await Wait(() => cancelled++);
        }));

        Assert.Equal(3, cancelled);
        Assert.Equal(["first", "while cleaning up"], error.InnerExceptions.Select(e => e.Message));
    });

    [Fact]
    public void RunAsync_TheBodyFails_CancelsTheChildren() => VirtualLoop.Run(async test =>
    {
        var cancelled = false;
        var error = await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(async group =>
        {
            _ = group.Start(() => Wait(() => cancelled = true));
            await Task.Yield();
            await Task.Yield();
            throw new InvalidOperationException("body");
        }));

        Assert.True(cancelled);
        Assert.Equal("body", Assert.Single(error.InnerExceptions).Message);
    });

    [Fact]
    public void RunAsync_Deadline_CancelsAndSaysSo() => VirtualLoop.Run(async test =>
    {
        var cancelled = false;

        Assert.True(await TaskGroup.RunAsync(
            group =>
            {
                group.Start(() => Wait(() => cancelled = true));
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(5)));

        Assert.True(cancelled);
    });

    [Fact]
    public void RunAsync_CancelledFromAround_EndsItsChildrenAndPassesTheCancellationOn() =>
        VirtualLoop.Run(async test =>
        {
            var cleaned = false;
            var passedOn = false;
            var outer = Loop.CreateTask(async () =>
            {
                try
                {
                    await TaskGroup.RunAsync(group =>
                    {
                        group.Start(() => Wait(() => cleaned = true));
                        return Task.CompletedTask;
                    });
                }
                catch (OperationCanceledException)
                {
                    passedOn = cleaned;
                    throw;
                }
            });
            await Loop.Delay(TimeSpan.FromMilliseconds(2));
            outer.Cancel();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer.AsTask());
            Assert.True(passedOn);
        });

    [Fact]
    public void Start_AfterTheEnd_IsRefused() => VirtualLoop.Run(async test =>
    {
        TaskGroup? kept = null;
        await TaskGroup.RunAsync(group =>
        {
            kept = group;
            return Task.CompletedTask;
        });

        Assert.Throws<InvalidOperationException>(() => { kept!.Start(() => Task.CompletedTask); });
    });

    private static async Task Wait(Action onCancel)
    {
        try
        {
            await Loop.Delay(Long);
        }
        catch (OperationCanceledException)
        {
            onCancel();
            throw;
        }
    }
}
