using Rondo.Services.Registry;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

public sealed class LeaseTests
{
    private static readonly Claim Nobody = new(null as string);

    private readonly ManualTime _time = new(TestServer.Friday);

    [Theory]
    [InlineData(5)]
    [InlineData(30)]
    public async Task Lease_WithoutASignOfLife_LeavesLookupsWithinASecondOfItsEnd(int seconds)
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        await registry.RegisterAsync("a", plan: RegistryUnderTest.Plan(seconds: seconds));

        await registry.PassAsync(_time, seconds - 0.5);
        Assert.Equal(["a"], registry.Ready());
        await registry.PassAsync(_time, 1);

        Assert.Empty(registry.Ready());
        Assert.Equal(InstanceState.Expired, registry.Find("a")!.State);
    }

    [Fact]
    public async Task Heartbeat_InTime_RenewsAndRaisesNoIndex()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        var before = registry.Now;
        for (var beat = 0; beat < 10; beat++)
        {
            await registry.PassAsync(_time, 20);
            Assert.Null((await registry.BeatAsync("a", claim)).Refusal);
        }

        Assert.Same(before, registry.Now);
        Assert.Equal(["a"], registry.Ready());
        Assert.Equal(1, registry.Store.Appends);
    }

    [Fact]
    public async Task Heartbeat_AfterTheEnd_IsToldToRegisterAgain()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        await registry.PassAsync(_time, 31);

        Assert.Equal(RegistryProblems.NoInstance, (await registry.BeatAsync("a", claim)).Refusal!.Type);

        await registry.RegisterAsync("a");
        Assert.Equal(["a"], registry.Ready());
    }

    [Fact]
    public async Task Expired_AfterTenTerms_IsRemoved()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        await registry.RegisterAsync("a", plan: RegistryUnderTest.Plan(seconds: 5));
        await registry.PassAsync(_time, 5.5 + 49);
        Assert.NotNull(registry.Find("a"));

        await registry.PassAsync(_time, 2);

        Assert.Null(registry.Find("a"));
        Assert.Null(registry.Now.Find("weather"));
        Assert.Equal(
            ["instance-up", "instance-down", "instance-down"], registry.Store.Events.Select(e => e.Type));
    }

    [Fact]
    public async Task Register_TheSameByTheSame_ChangesNothing()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        var before = registry.Now;
        await registry.PassAsync(_time, 29);

        var again = await registry.Registry.RegisterAsync("weather", "a", RegistryUnderTest.Plan(), claim);

        Assert.Null(again.Refusal);
        Assert.False(again.IsNew);
        Assert.Equal(claim.Token, again.Token);
        Assert.Same(before, registry.Now);
        await registry.PassAsync(_time, 29);
        Assert.Equal(["a"], registry.Ready());
    }

    [Fact]
    public async Task Register_ByAnother_IsHeldUntilTheLeaseIsOver()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var first = await registry.RegisterAsync("a");

        foreach (var claim in new[] { Nobody, new Claim(LeaseToken.Create()), new Claim(null, "somekey1") })
        {
            var refused = await registry.Registry.RegisterAsync("weather", "a", RegistryUnderTest.Plan(9999), claim);
            Assert.Equal(RegistryProblems.LeaseHeld, refused.Refusal!.Type);
        }

        await registry.PassAsync(_time, 31);
        var second = await registry.RegisterAsync("a", plan: RegistryUnderTest.Plan(9999));

        Assert.NotEqual(first.Token, second.Token);
        Assert.Equal(RegistryProblems.LeaseHeld, (await registry.BeatAsync("a", first)).Refusal!.Type);
        Assert.Null((await registry.BeatAsync("a", second)).Refusal);
    }

    [Fact]
    public async Task Token_IsKeptAsItsHashAlone()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");

        Assert.All(
            registry.Store.Events,
            e => Assert.DoesNotContain(claim.Token![3..], System.Text.Encoding.UTF8.GetString(e.Data.Span)));
    }

    [Fact]
    public async Task Drain_TakesNothingNewAndEndsAtItsDeadline()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");

        await registry.Registry.DrainAsync("weather", "a", claim, TimeSpan.FromSeconds(10));

        Assert.Empty(registry.Ready());
        Assert.Equal(InstanceState.Draining, registry.Find("a")!.State);
        await registry.PassAsync(_time, 9);
        Assert.NotNull(registry.Find("a"));
        await registry.PassAsync(_time, 2);
        Assert.Null(registry.Find("a"));
    }

    [Fact]
    public async Task Heartbeat_WithAState_ChangesWhoIsFound()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");

        await registry.Registry.RenewAsync("weather", "a", claim, InstanceState.Warning, "disk nearly full");
        Assert.Equal("disk nearly full", registry.Find("a")!.Note);
        Assert.Equal(["a"], registry.Ready());

        await registry.Registry.RenewAsync("weather", "a", claim, InstanceState.Critical);
        Assert.Empty(registry.Ready());
        Assert.Equal(
            ["instance-up", "instance-changed", "instance-down"], registry.Store.Events.Select(e => e.Type));
    }

    [Fact]
    public async Task Restart_GivesEverybodyOneMoreTerm()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        await registry.PassAsync(_time, 29);
        var index = registry.Now.Index;

        var again = await RegistryUnderTest.StartAsync(_time, registry.Store);

        Assert.Equal(index, again.Now.Index);
        Assert.Equal(registry.Now.Epoch, again.Now.Epoch);
        await again.PassAsync(_time, 29.5);
        Assert.Equal(["a"], again.Ready());
        Assert.Null((await again.BeatAsync("a", claim)).Refusal);
        await again.PassAsync(_time, 30.5);
        Assert.Empty(again.Ready());
    }

    [Fact]
    public async Task Restart_AfterCompaction_KnowsTheState()
    {
        var registry = await RegistryUnderTest.StartAsync(
            _time, options: new RegistryOptions { KeepEvents = 100, ChangesPerSecond = 10_000 });
        for (var i = 0; i < 300; i++)
        {
            var claim = await registry.RegisterAsync("a");
            await registry.Registry.RemoveAsync("weather", "a", claim);
            await registry.RegisterAsync($"b{i % 7}-{i}", "other");
        }

        Assert.True(registry.Store.HasSnapshot);
        var again = await RegistryUnderTest.StartAsync(_time, registry.Store);

        Assert.Equal(registry.Ready("other"), again.Ready("other"));
        Assert.Equal(300, again.Ready("other").Count());
        Assert.Null(again.Now.Find("weather"));
        var page = await registry.Store.ReadAsync(
            "registry", new StreamCursor(null, 1), 1, TestContext.Current.CancellationToken);
        Assert.True(page.IsReset);
    }

    [Fact]
    public async Task Race_OfTwoForOneId_HasOneWinner()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);

        var both = await Task.WhenAll(
            registry.Registry.RegisterAsync("weather", "a", RegistryUnderTest.Plan(1), Nobody),
            registry.Registry.RegisterAsync("weather", "a", RegistryUnderTest.Plan(2), Nobody));

        Assert.Single(both, o => o.IsNew);
        Assert.Single(both, o => o.Refusal?.Type == RegistryProblems.LeaseHeld);
    }

    [Fact]
    public async Task Disk_Full_ChangesNothingButStillEndsLeases()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        registry.Store.IsFull = true;

        await Assert.ThrowsAsync<EventStoreException>(() => registry.RegisterAsync("b"));
        await Assert.ThrowsAsync<EventStoreException>(
            () => registry.Registry.DrainAsync("weather", "a", claim, TimeSpan.FromSeconds(10)));
        Assert.Equal(["a"], registry.Ready());

        await registry.PassAsync(_time, 31);
        Assert.Empty(registry.Ready());
        Assert.False(registry.Find("a")!.IsExpired);

        registry.Store.IsFull = false;
        await registry.PassAsync(_time, 1);
        Assert.True(registry.Find("a")!.IsExpired);
    }

    [Fact]
    public async Task Storm_OfHeartbeats_IsSlowedDown()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claim = await registry.RegisterAsync("a");
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            taken += (await registry.BeatAsync("a", claim)).Refusal is null ? 1 : 0;
        }

        Assert.InRange(taken, 10, 100);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await registry.BeatAsync("a", claim)).Refusal);
    }

    [Fact]
    public async Task Flapping_IsSlowedDown()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var stored = 0;
        for (var i = 0; i < 100; i++)
        {
            var outcome = await registry.Registry.RegisterAsync("weather", "a", RegistryUnderTest.Plan(), Nobody);
            if (outcome.Refusal is null)
            {
                await registry.Registry.RemoveAsync("weather", "a", new Claim(outcome.Token));
            }

            stored = registry.Store.Events.Count;
        }

        Assert.InRange(stored, 10, 40);
        var refused = await registry.Registry.RegisterAsync("weather", "b", RegistryUnderTest.Plan(), Nobody);
        Assert.Null(refused.Refusal);
    }

    [Fact]
    public async Task Thousand_RegisteringAtOnce_AreStoredTogether()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);

        var all = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            registry.Registry.RegisterAsync("weather", $"i{i}", RegistryUnderTest.Plan(), Nobody)));

        Assert.All(all, o => Assert.Null(o.Refusal));
        Assert.Equal(1000, registry.Ready().Count());
    }

    [Fact]
    public async Task Full_Registry_TakesNoMore()
    {
        var registry = await RegistryUnderTest.StartAsync(_time, options: new RegistryOptions { Instances = 2 });
        await registry.RegisterAsync("a");
        await registry.RegisterAsync("b");

        var refused = await registry.Registry.RegisterAsync("weather", "c", RegistryUnderTest.Plan(), Nobody);

        Assert.Equal(RegistryProblems.Full, refused.Refusal!.Type);
    }
}
