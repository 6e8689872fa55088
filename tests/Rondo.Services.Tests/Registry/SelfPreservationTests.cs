using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>
/// When the fault may be the registry's own: many at once, a machine that slept, clocks that are set.
/// </summary>
public sealed class SelfPreservationTests
{
    private readonly ManualTime _time = new(TestServer.Friday);

    [Fact]
    public async Task ManyAtOnce_AreKeptWithAWarningForTwoTermsAtMost()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        for (var i = 0; i < 6; i++)
        {
            await registry.RegisterAsync($"i{i}");
        }

        await registry.PassAsync(_time, 31);
        Assert.Equal(6, registry.Ready().Count());
        Assert.All(registry.Now.Find("weather")!.All, i =>
        {
            Assert.Equal(InstanceState.Warning, i.State);
            Assert.Equal("suspected registry-side loss", i.Note);
        });

        await registry.PassAsync(_time, 58);
        Assert.Equal(6, registry.Ready().Count());
        await registry.PassAsync(_time, 3);
        Assert.Empty(registry.Ready());
    }

    [Fact]
    public async Task Suspected_WithASignOfLife_IsAsBefore()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claims = new List<Claim>();
        for (var i = 0; i < 6; i++)
        {
            claims.Add(await registry.RegisterAsync($"i{i}"));
        }

        await registry.PassAsync(_time, 31);
        await registry.BeatAsync("i0", claims[0]);

        Assert.Equal(InstanceState.Passing, registry.Find("i0")!.State);
        Assert.Equal("", registry.Find("i0")!.Note);
    }

    [Theory]
    [InlineData(4, 4, true)]
    [InlineData(6, 3, true)]
    [InlineData(5, 3, false)]
    public async Task Few_OrLessThanHalf_Expire(int all, int silent, bool expire)
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        var claims = new List<Claim>();
        for (var i = 0; i < all; i++)
        {
            claims.Add(await registry.RegisterAsync($"i{i}"));
        }

        await registry.PassAsync(_time, 20);
        for (var i = silent; i < all; i++)
        {
            await registry.BeatAsync($"i{i}", claims[i]);
        }

        await registry.PassAsync(_time, 11);

        Assert.Equal(expire ? all - silent : all, registry.Ready().Count());
    }

    [Fact]
    public async Task ManyAtOnce_SwitchedOff_Expire()
    {
        var registry = await RegistryUnderTest.StartAsync(
            _time, options: new RegistryOptions { SelfPreservation = false });
        for (var i = 0; i < 6; i++)
        {
            await registry.RegisterAsync($"i{i}");
        }

        await registry.PassAsync(_time, 31);

        Assert.Empty(registry.Ready());
    }

    [Fact]
    public async Task Suspend_OfTheMachine_ExpiresNobodyOnWake()
    {
        var registry = await RegistryUnderTest.StartAsync(_time);
        for (var i = 0; i < 3; i++)
        {
            await registry.RegisterAsync($"i{i}");
        }

        _time.Advance(TimeSpan.FromHours(8));
        await registry.Registry.SweepAsync();
        Assert.Equal(3, registry.Ready().Count());

        await registry.PassAsync(_time, 29);
        Assert.Equal(3, registry.Ready().Count());
        await registry.PassAsync(_time, 2);
        Assert.Empty(registry.Ready());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Clock_SetByAnHour_ExpiresNobodyAndKeepsNobody(int hours)
    {
        var skewed = new SkewedTime(_time);
        var registry = await RegistryUnderTest.StartAsync(skewed);
        await registry.RegisterAsync("a");
        await registry.PassAsync(_time, 10);

        skewed.Skew = TimeSpan.FromHours(hours);
        await registry.PassAsync(_time, 19);
        Assert.Equal(["a"], registry.Ready());
        await registry.PassAsync(_time, 2);

        Assert.Empty(registry.Ready());
    }
}
