using Rondo.Runtime.Time;

namespace Rondo.Runtime.Tests;

/// <summary>What asyncio does with a loop factory or a policy: the options of a run say what its loop is made of.</summary>
public sealed class LoopFactoryTests
{
    [Fact]
    public void Run_MakesItsLoopByTheOptionsAndClosesIt()
    {
        var clock = new VirtualClock();
        clock.Move(TimeSpan.FromDays(1));
        var options = new LoopOptions { Name = "orders", Clock = clock, Poller = "portable", Debug = true };

        var loop = EventLoop.Run(() => Task.FromResult(EventLoop.Running!), options);

        Assert.Equal("orders", loop.Name);
        Assert.Equal(clock.GetUtcNow(), loop.TimeProvider.GetUtcNow());
        Assert.True(loop.IsClosed);
    }

    [Fact]
    public void Run_EachTime_MakesALoopOfItsOwn() => Assert.NotSame(
        EventLoop.Run(() => Task.FromResult(EventLoop.Running)),
        EventLoop.Run(() => Task.FromResult(EventLoop.Running)));
}
