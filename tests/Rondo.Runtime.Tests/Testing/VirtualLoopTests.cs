using System.Diagnostics;
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

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

        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
    }

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
