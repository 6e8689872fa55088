using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>
/// Libraries await with ConfigureAwait(false). What they wait for ends on the loop, and so they stay on it; over the
/// thread pool they would come back as posts that a virtual loop refuses.
/// </summary>
public sealed class ConfigureAwaitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void TimeProvider_CodeThatConfiguresAwaitFalse_StaysOnTheLoop() => VirtualLoop.Run(async test =>
    {
        var time = test.Loop.TimeProvider;
        var there = await LibraryAsync();

        Assert.Same(test.Loop, there);
        Assert.Same(test.Loop.SynchronizationContext, SynchronizationContext.Current);
        Assert.Equal(3 * Second, test.Loop.Time);

        async Task<EventLoop?> LibraryAsync()
        {
            await Task.Delay(Second, time, CancellationToken.None).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Second, time);
            await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            await Assert.ThrowsAsync<TimeoutException>(
                () => new TaskCompletionSource().Task.WaitAsync(Second, time, CancellationToken.None))
                .ConfigureAwait(false);
            return EventLoop.Running;
        }
    });

    [Fact]
    public void Cancel_CodeThatConfiguresAwaitFalse_StaysOnTheLoop() => VirtualLoop.Run(async test =>
    {
        var there = default(EventLoop);
        await CancelScope.RunAsync(scope => LibraryAsync(scope.Token), deadline: Second);

        Assert.Same(test.Loop, there);
        Assert.Same(test.Loop.SynchronizationContext, SynchronizationContext.Current);

        async Task LibraryAsync(CancellationToken cancellation)
        {
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellation).ConfigureAwait(false);
            }
            finally
            {
                there = EventLoop.Running;
            }
        }
    });
}
