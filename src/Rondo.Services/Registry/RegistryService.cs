using System.Diagnostics.Metrics;
using Rondo.Services.Hosting;
using Rondo.Services.Registry.Consul;
using Rondo.Services.Registry.Http;
using Rondo.Services.Registry.Joining;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry;

/// <summary>Puts the registry together: its loop, its state, its routes.</summary>
internal static class RegistryService
{
    public const string Name = "registry";

    public static void AddRegistry(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<RegistryOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<RegistryOptions>>(provider, RegistryOptions.Section));
        services.AddSingleton<RegistryLoop>();
        services.AddSingleton(Make);
        services.AddSingleton<IRegistryView>(provider => provider.GetRequiredService<ServiceRegistry>());
        services.AddSingleton<RegistryCaller>();
        services.AddSingleton<ReservedNames>();
        services.AddSingleton<ConsulDesk>();
        services.AddSingleton<RegistryWorker>();
        services.AddSingleton<RegistryMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<RegistryWorker>());
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<RegistryWorker>());
    }

    /// <summary>What this process runs is registered here, in its own registry.</summary>
    public static void AddLocalInstances(this IServiceCollection services)
    {
        services.AddSingleton<LocalInstances>();
        services.AddHostedService(provider => provider.GetRequiredService<LocalInstances>());
    }

    /// <summary>The registry of another process, for who finds services in it.</summary>
    public static void AddRegistryLink(this IServiceCollection services, Uri registry, KeyFile key) =>
        services.AddSingleton(provider => new RegistryLink(
            registry, key, provider.GetRequiredService<TimeProvider>()));

    /// <summary>All that is registered there is known here.</summary>
    public static void AddFollowedRegistry(this IServiceCollection services)
    {
        services.AddSingleton<ReservedNames>();
        services.AddSingleton<FollowedRegistry>();
        services.AddSingleton<IRegistryView>(provider => provider.GetRequiredService<FollowedRegistry>());
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<FollowedRegistry>());
        services.AddHostedService(provider => provider.GetRequiredService<FollowedRegistry>());
    }

    /// <summary>What this process runs is registered there.</summary>
    public static void AddSelfRegistration(this IServiceCollection services)
    {
        services.AddSingleton<SelfRegistration>();
        services.AddHostedService(provider => provider.GetRequiredService<SelfRegistration>());
    }

    public static void MapRegistry(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<RegistryMetrics>();
        ActivatorUtilities.CreateInstance<RegistryEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<LookupEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<WatchEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ConsulAgentEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ConsulCatalogEndpoints>(services).Map(routes);
    }

    private static ServiceRegistry Make(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<RegistryOptions>>();
        return new ServiceRegistry(
            services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<TimeProvider>(),
            () => options.Current,
            services.GetRequiredService<ILogger<ServiceRegistry>>());
    }
}

/// <summary>What the registry tells the platform's meters.</summary>
internal sealed class RegistryMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Registry");

    public RegistryMetrics(ServiceRegistry registry)
    {
        _meter.CreateObservableGauge(
            "rondo.registry.instances", () => Count(registry), "{instance}", "Instances by state");
        _meter.CreateObservableGauge(
            "rondo.registry.index", () => registry.Current?.Index ?? 0, "{change}", "The newest revision");
        _meter.CreateObservableGauge(
            "rondo.registry.suspected",
            () => All(registry).Count(i => i.IsSuspected),
            "{instance}",
            "Instances that are kept although their lease has ended");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<ServiceInstance> All(ServiceRegistry registry) =>
        registry.Current?.Services.Values.SelectMany(s => s.All) ?? [];

    private static IEnumerable<Measurement<int>> Count(ServiceRegistry registry)
    {
        var all = All(registry).ToList();
        return Enum.GetValues<InstanceState>().Select(state => new Measurement<int>(
            all.Count(i => i.State == state), new KeyValuePair<string, object?>("state", state.Text())));
    }
}
