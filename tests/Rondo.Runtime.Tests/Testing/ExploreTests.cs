using System.Globalization;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>Same seed, same trace; and the search for a seed that fails.</summary>
public sealed class ExploreTests
{
    [Fact]
    public void Trace_SameSeed_IsTheSame()
    {
        var once = VirtualLoop.Trace(OrderAsync, seed: 7);

        Assert.Equal(once, VirtualLoop.Trace(OrderAsync, seed: 7));
        Assert.Contains(Enumerable.Range(1, 20), seed => !once.SequenceEqual(VirtualLoop.Trace(OrderAsync, seed)));
    }

    [Fact]
    public void Trace_DebugModeOn_IsTheSame() => Assert.Equal(
        VirtualLoop.Trace(OrderAsync, seed: 7, new LoopOptions { Debug = false }),
        VirtualLoop.Trace(OrderAsync, seed: 7, new LoopOptions { Debug = true }));

    [Fact]
    public void Trace_NamesWhatRanAndWhen()
    {
        var trace = VirtualLoop.Trace(async test =>
        {
            test.Loop.CallLater(TimeSpan.FromSeconds(2), Tick);
            test.Loop.CallLater(TimeSpan.FromSeconds(2), () => { });
            await test.AdvanceAsync(TimeSpan.FromSeconds(3));
            _ = test.Loop.CreateTask(YieldAsync, "worker");
            await test.RunUntilIdleAsync();
        });

        Assert.Equal("00:00:00 task main", trace[0]);
        Assert.Contains($"00:00:02 {nameof(ExploreTests)}.{nameof(Tick)}", trace);
        Assert.Contains($"00:00:02 {nameof(ExploreTests)}.{nameof(Trace_NamesWhatRanAndWhen)}.lambda", trace);
        Assert.Contains("00:00:03 task worker", trace);
        Assert.Contains($"00:00:03 {nameof(ExploreTests)}.{nameof(YieldAsync)}", trace);
    }

    [Fact]
    public void Explore_NoSeedFails_TriesEachOnce()
    {
        var tried = new List<int?>();
        VirtualLoop.Explore(
            test =>
            {
                tried.Add(test.Seed);
                return Task.CompletedTask;
            },
            seeds: 5,
            firstSeed: 3);

        Assert.Equal([3, 4, 5, 6, 7], tried);
    }

    [Fact]
    public void Explore_ARace_FindsTheSeedAndItFailsAgain()
    {
        var error = Assert.Throws<ExplorationException>(() => VirtualLoop.Explore(RaceAsync));

        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"Seed {error.Seed} fails: InvalidOperationException: lost"),
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("Replay", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Trace[^1], error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => VirtualLoop.Run(RaceAsync, error.Seed));
        for (var seed = 1; seed < error.Seed; seed++)
        {
            VirtualLoop.Run(RaceAsync, seed);
        }
    }

    [Fact]
    public void Explore_MoreThanTheSeedDecides_SaysSo()
    {
        var runs = 0;
        var error = Assert.Throws<ExplorationException>(() => VirtualLoop.Explore(
            _ => ++runs == 1 ? throw new InvalidOperationException("once") : Task.CompletedTask));

        Assert.Contains("more than the seed decides", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_SameSeed_SameNumbers()
    {
        Assert.Equal(Number(1), Number(1));
        Assert.NotEqual(Number(1), Number(2));

        static int Number(int seed)
        {
            var number = 0;
            VirtualLoop.Run(
                test =>
                {
                    number = test.Random.Next();
                    return Task.CompletedTask;
                },
                seed);
            return number;
        }
    }

    private static async Task OrderAsync(VirtualLoop test)
    {
        test.Loop.CallLater(TimeSpan.FromSeconds(1), First);
        test.Loop.CallLater(TimeSpan.FromSeconds(1), Second);
        await test.AdvanceAsync(TimeSpan.FromSeconds(2));
    }

    private static void First()
    {
    }

    private static void Second()
    {
    }

    // Two additions that belong together: whether the reader comes between them depends on the timers' order.
    private static async Task RaceAsync(VirtualLoop test)
    {
        var balance = 0;
        await Task.WhenAll(AddAsync(2), AddAsync(2), ReadAsync());

        async Task AddAsync(int seconds)
        {
            await test.Loop.Delay(TimeSpan.FromSeconds(seconds));
            balance++;
        }

        async Task ReadAsync()
        {
            await test.Loop.Delay(TimeSpan.FromSeconds(2));
            if (balance == 1)
            {
                throw new InvalidOperationException("lost");
            }
        }
    }

    private static void Tick()
    {
    }

    private static async Task YieldAsync() => await Task.Yield();
}
