using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>The registry's rules with a clock that a test moves, half a second at a time, as the sweeps go.</summary>
internal sealed class RegistryUnderTest
{
    private static readonly Claim NoToken = new(null as string);

    private RegistryUnderTest(MemoryStore store, TimeProvider time, RegistryOptions options)
    {
        (Store, Options) = (store, options);
        Registry = new ServiceRegistry(store, time, () => options, NullLogger.Instance);
    }

    public MemoryStore Store { get; }

    public RegistryOptions Options { get; }

    public ServiceRegistry Registry { get; }

    public RegistrySnapshot Now => Registry.Current!;

    public static async Task<RegistryUnderTest> StartAsync(
        TimeProvider time, MemoryStore? store = null, RegistryOptions? options = null)
    {
        var started = new RegistryUnderTest(store ?? new MemoryStore(), time, options ?? new RegistryOptions());
        await started.Registry.LoadAsync();
        await started.Registry.SweepAsync();
        return started;
    }

    public static Registration Plan(int port = 8080, int seconds = 30) =>
        new() { Url = $"http://10.0.0.5:{port}", Ttl = TimeSpan.FromSeconds(seconds) };

    public async Task<Claim> RegisterAsync(string id, string name = "weather", Registration? plan = null)
    {
        var outcome = await Registry.RegisterAsync(name, id, plan ?? Plan(), NoToken);
        Assert.Null(outcome.Refusal);
        return new Claim(outcome.Token);
    }

    public Task<RegistryOutcome> BeatAsync(string id, Claim claim, string name = "weather") =>
        Registry.RenewAsync(name, id, claim);

    public ServiceInstance? Find(string id, string name = "weather") => Now.Find(name)?.Find(id);

    public IEnumerable<string> Ready(string name = "weather") =>
        (Now.Find(name)?.All ?? []).Where(i => i.IsReady).Select(i => i.Id);

    public async Task PassAsync(ManualTime time, double seconds)
    {
        for (var passed = 0.0; passed < seconds; passed += ServiceRegistry.SweepInterval.TotalSeconds)
        {
            time.Advance(ServiceRegistry.SweepInterval);
            await Registry.SweepAsync();
        }
    }
}
