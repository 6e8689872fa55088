using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

public sealed class InstancePickerTests
{
    private readonly ManualTime _time = new(TestServer.Friday);

    [Fact]
    public void RoundRobin_EqualWeights_TakesEachInTurn()
    {
        var service = Service(("a", 1, ""), ("b", 1, ""), ("c", 1, ""));
        for (var round = 0; round < 5; round++)
        {
            Assert.Equal(
                ["a", "b", "c"], Enumerable.Range(0, 3).Select(_ => Pick(service)).Order());
        }
    }

    [Fact]
    public void RoundRobin_Weights_AreExactOverARound()
    {
        var service = Service(("a", 5, ""), ("b", 2, ""), ("c", 0, ""), ("d", 3, ""));

        var counts = Count(service, 100, default);

        Assert.Equal([("a", 50), ("b", 20), ("d", 30)], counts);
    }

    [Fact]
    public void Warning_TakesAQuarter()
    {
        var service = Service(("a", 1, ""), ("b", 1, ""));
        var warned = Rebuilt(service, i => i.Id == "b" ? i with { Reported = InstanceState.Warning } : i);

        Assert.Equal([("a", 80), ("b", 20)], Count(warned, 100, default));
    }

    [Fact]
    public void TwoChoices_OneBusy_GetsLess()
    {
        var service = Service(("a", 1, ""), ("b", 1, ""), ("c", 1, ""));
        for (var i = 0; i < 10; i++)
        {
            service.Find("a")!.Load.Begin();
        }

        var counts = Count(service, 900, new PickRequest(PickPolicy.TwoChoices)).ToDictionary(c => c.Id, c => c.Count);

        Assert.InRange(counts.GetValueOrDefault("a"), 0, 250);
        Assert.InRange(counts["b"], 250, 650);
    }

    [Fact]
    public void Sticky_OneGone_MovesOnlyItsKeys()
    {
        var service = Service(("a", 1, ""), ("b", 1, ""), ("c", 1, ""), ("d", 2, ""));
        var without = Rebuilt(service, i => i.Id == "b" ? i with { Reported = InstanceState.Critical } : i);
        var moved = 0;
        var heavy = 0;
        for (var key = 0; key < 1000; key++)
        {
            var wish = new PickRequest(PickPolicy.Sticky, Key: $"user-{key}");
            var (before, after) = (Pick(service, wish), Pick(without, wish));
            Assert.Equal(before, Pick(service, wish));
            Assert.True(before == after || before == "b", $"{key} moved from {before}");
            moved += before == after ? 0 : 1;
            heavy += before == "d" ? 1 : 0;
        }

        Assert.InRange(moved, 120, 280);
        Assert.InRange(heavy, 320, 480);
    }

    [Fact]
    public void Zone_First_ThenOthersWhenItHasTooFew()
    {
        var service = Service(("a", 1, "east"), ("b", 1, "east"), ("c", 1, "west"));

        Assert.Equal(["a", "b"], Ids(service, new PickRequest(Zone: "east", ZoneLeast: 2)));
        Assert.Equal(["a", "b", "c"], Ids(service, new PickRequest(Zone: "west", ZoneLeast: 2)));
        Assert.Equal(["a", "b", "c"], Ids(service, new PickRequest(Zone: "north")));
    }

    [Theory]
    [InlineData((int)PickPolicy.RoundRobin)]
    [InlineData((int)PickPolicy.TwoChoices)]
    [InlineData((int)PickPolicy.Sticky)]
    public void Pick_LeaseOver_GoesToAnother(int policy)
    {
        var service = Service(("a", 1, ""), ("b", 1, ""));
        service.Find("a")!.Lease.End();

        Assert.Equal(["b"], Ids(service, new PickRequest((PickPolicy)policy, Key: "x")));
        service.Find("b")!.Lease.End();
        Assert.Null(InstancePicker.Pick(service, new PickRequest((PickPolicy)policy, Key: "x")));
    }

    [Fact]
    public void Pick_AndLookup_AllocateNothing()
    {
        var snapshot = new RegistrySnapshot(1, 1, 0, System.Collections.Immutable.ImmutableDictionary
            .Create<string, ServiceView>(StringComparer.Ordinal)
            .Add("weather", Service(("a", 1, "east"), ("b", 2, ""))));
        long Bytes(int picks)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < picks; i++)
            {
                var service = snapshot.Find("weather")!;
                foreach (var policy in (ReadOnlySpan<PickPolicy>)
                    [PickPolicy.RoundRobin, PickPolicy.TwoChoices, PickPolicy.Sticky])
                {
                    InstancePicker.Pick(service, new PickRequest(policy, "east", 1, "somebody"))!.Load.Begin();
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Bytes(100);
        Assert.Equal(0, Bytes(1000));
    }

    private ServiceView Service(params (string Id, int Weight, string Zone)[] instances) => new(
        "weather",
        1,
        instances.Select(i =>
        {
            var instance = new ServiceInstance
            {
                Name = "weather",
                Id = i.Id,
                Owner = "",
                Registration = new Registration { Url = "http://10.0.0.5:80", Weight = i.Weight, Zone = i.Zone },
                Lease = new InstanceLease(_time),
                Load = new InstanceLoad(),
            };
            instance.Lease.Renew(TimeSpan.FromSeconds(30));
            return instance;
        }),
        new PickCounter());

    private static ServiceView Rebuilt(ServiceView service, Func<ServiceInstance, ServiceInstance> change) =>
        new(service.Name, 2, service.All.Select(change), service.Counter);

    private static string Pick(ServiceView service, PickRequest wish = default) =>
        InstancePicker.Pick(service, wish with { Zone = wish.Zone ?? "", Key = wish.Key ?? "" })!.Id;

    private static IEnumerable<(string Id, int Count)> Count(ServiceView service, int picks, PickRequest wish) =>
        Enumerable.Range(0, picks).Select(_ => Pick(service, wish)).CountBy(id => id).Select(c => (c.Key, c.Value))
            .OrderBy(c => c.Key);

    private static IEnumerable<string> Ids(ServiceView service, PickRequest wish) =>
        Count(service, 60, wish).Select(c => c.Id);
}
