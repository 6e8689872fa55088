using Rondo.Runtime;
using Rondo.Runtime.Testing;

namespace Rondo.Xunit.Tests;

/// <summary>Tests in virtual time that pass, as their authors write them.</summary>
public sealed class VirtualFactTests : IDisposable
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly Lock Gate = new();
    private static readonly List<int> SeedsSeen = [];

    private bool _hasRun;

    public void Dispose() => Assert.True(_hasRun);

    [VirtualFact]
    public async Task Method_TakesNothing_RunsOnALoopInVirtualTime()
    {
        _hasRun = true;
        var loop = EventLoop.Running!;
        await loop.Delay(Month);

        Assert.Same(loop, EventLoop.Running);
        Assert.Equal(Month, loop.Time);
    }

    [VirtualFact]
    public async Task Method_TakesTheLoop_GetsIt(VirtualLoop test)
    {
        _hasRun = true;
        test.AutoJump = false;
        await test.AdvanceAsync(Month);

        Assert.Same(EventLoop.Running, test.Loop);
        Assert.Null(test.Seed);
    }

    [VirtualFact]
    public async ValueTask Method_ReturnsAValueTask_IsAwaited(VirtualLoop test)
    {
        await test.Loop.Delay(Month);
        _hasRun = true;
    }

    [VirtualFact]
    public async Task Timers_WithoutASeed_KeepTheirOrder(VirtualLoop test)
    {
        _hasRun = true;
        Assert.Equal(Enumerable.Range(0, 8), await OrderAsync(test));
    }

    [VirtualFact(Seed = 7)]
    public async Task Timers_WithASeed_HaveItsOrder(VirtualLoop test)
    {
        _hasRun = true;
        Assert.Equal(7, test.Seed);
        Assert.Equal([5, 7, 0, 1, 6, 2, 4, 3], await OrderAsync(test));
    }

    [VirtualFact(Seed = 5, Seeds = 20)]
    public Task Seeds_EachRunsOnceOnAnInstanceOfItsOwn(VirtualLoop test)
    {
        Assert.False(_hasRun);
        _hasRun = true;
        using var scope = Gate.EnterScope();
        Assert.DoesNotContain(test.Seed!.Value, SeedsSeen);
        SeedsSeen.Add(test.Seed.Value);
        Assert.InRange(test.Seed.Value, 5, 24);
        return Task.CompletedTask;
    }

    private static async Task<List<int>> OrderAsync(VirtualLoop test)
    {
        var seen = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            var number = i;
            test.Loop.CallLater(Month, () => seen.Add(number));
        }

        await test.AdvanceAsync(Month);
        return seen;
    }
}
