using System.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests;

public sealed class VirtualLoopTests
{
    [Fact]
    public void Delay_FortyDays_TakesNoTime()
    {
        var clock = Stopwatch.StartNew();
        VirtualLoop.Run(async test =>
        {
            await Task.Delay(TimeSpan.FromDays(40), test.Loop.TimeProvider, TestContext.Current.CancellationToken);

            Assert.Equal(new DateTimeOffset(2000, 2, 10, 0, 0, 0, TimeSpan.Zero), test.Loop.TimeProvider.GetUtcNow());
        });

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void AdvanceAsync_RunsWhatIsDueAndNothingElse() => VirtualLoop.Run(async test =>
    {
        var fired = new List<int>();
        foreach (var second in new[] { 3, 1, 2 })
        {
            test.Loop.CallLater(TimeSpan.FromSeconds(second), () => fired.Add(second));
        }

        await test.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal([1, 2], fired);
        Assert.Equal(TimeSpan.FromSeconds(2), test.Loop.Time);
    });

    [Fact]
    public void Run_WaitingForNothing_IsADeadlockThatNamesTheTasks()
    {
        var error = Assert.Throws<DeadlockException>(() => VirtualLoop.Run(async test =>
        {
            _ = test.Loop.CreateTask(
                () => new TaskCompletionSource().Task.WaitAsync(CancelScope.Current!.Token), "the other");
            await new TaskCompletionSource().Task.WaitAsync(CancelScope.Current!.Token);
        }));

        Assert.Contains("main", error.Message, StringComparison.Ordinal);
        Assert.Contains("the other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExternalWork_Open_HoldsTheClock() => VirtualLoop.Run(async test =>
    {
        using var done = new ManualResetEventSlim();
        var work = test.ExternalWork();
        var result = 0;
        var thread = new Thread(() =>
        {
            result = 42;
            test.Loop.CallSoonThreadSafe(work.Dispose);
        });
        test.Loop.CallSoon(thread.Start);

        await test.Loop.Delay(TimeSpan.FromSeconds(1));

        Assert.Equal(42, result);
        Assert.Equal(TimeSpan.FromSeconds(1), test.Loop.Time);
    });

    [Fact]
    public void Run_SameSeed_SameOrderAndOtherSeedsOthers()
    {
        Assert.Equal(Enumerable.Range(0, 8), Order(null));
        Assert.Equal(Order(1), Order(1));
        Assert.True(Enumerable.Range(1, 20).Select(seed => string.Join(',', Order(seed))).Distinct().Count() > 10);
    }

    private static List<int> Order(int? seed)
    {
        var seen = new List<int>();
        VirtualLoop.Run(
            async test =>
            {
                for (var i = 0; i < 8; i++)
                {
                    var number = i;
                    test.Loop.CallLater(TimeSpan.FromSeconds(1), () => seen.Add(number));
                }

                await test.AdvanceAsync(TimeSpan.FromSeconds(2));
            },
            seed);
        return seen;
    }
}
