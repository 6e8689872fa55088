using System.Diagnostics.Metrics;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Auth;

/// <summary>Puts keys, audit and log-in together.</summary>
internal static class AuthService
{
    public const string Name = AuthServer.Name;

    /// <summary>What every process has: it reads keys from requests, and keeps an audit of itself.</summary>
    public static void AddCredentials(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<AuthOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<AuthOptions>>(provider, AuthOptions.Section));
        services.AddSingleton<AuditOutbox>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<Credentials>();
    }

    /// <summary>The keys of this process.</summary>
    /// <param name="services">Where they are added.</param>
    /// <param name="isDemo">Whether the talks' key is accepted.</param>
    public static void AddKeys(this IServiceCollection services, bool isDemo)
    {
        services.AddSingleton(provider => KeyPepper.Open(provider.GetRequiredService<Database>()));
        services.AddSingleton<KeyStore>();
        services.AddSingleton<KeyAdmin>();
        services.AddSingleton(provider => new Attempts(
            provider.GetRequiredService<TimeProvider>(),
            Current(provider.GetRequiredService<LiveOptions<AuthOptions>>())));
        services.AddSingleton(provider => new DemoKey(isDemo, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<LocalKeys>();
        services.AddSingleton<IKeyChecker>(provider => provider.GetRequiredService<LocalKeys>());
        services.AddSingleton<AuthMetrics>();
        if (isDemo)
        {
            services.AddSingleton(new PageBanner(
                $"Demo: everybody on this machine is let in with the key '{DemoKey.Text}'."));
        }
    }

    /// <summary>The keys of the auth service in another process.</summary>
    public static void AddRemoteKeys(this IServiceCollection services, Func<IServiceProvider, HttpClient> connect)
    {
        services.AddSingleton(provider => new AuthServer(connect(provider)));
        services.AddSingleton<RemoteKeys>();
        services.AddSingleton<IKeyChecker>(provider => provider.GetRequiredService<RemoteKeys>());
        services.AddHostedService(provider => provider.GetRequiredService<RemoteKeys>());
    }

    /// <summary>What only the auth service itself has.</summary>
    public static void AddAuth(this IServiceCollection services) =>
        services.AddSingleton(provider => UpstreamTokens.Open(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));

    public static void MapAuth(this IEndpointRouteBuilder routes, bool isDemo)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<AuthMetrics>();
        ActivatorUtilities.CreateInstance<KeyEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<CheckEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<AuditEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ForwardEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<LoginEndpoints>(services).Map(routes);
        if (isDemo)
        {
            AuthLog.DemoKeyAccepted(services.GetRequiredService<ILogger<KeyStore>>());
            ActivatorUtilities.CreateInstance<WorkshopEndpoints>(services).Map(routes);
        }
    }

    private static Func<AuthOptions> Current(LiveOptions<AuthOptions> options) => () => options.Current;
}

/// <summary>What keys tell the platform's meters; nothing that names one.</summary>
internal sealed class AuthMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Auth");

    public AuthMetrics(KeyCheck check, KeyStore keys, TimeProvider time)
    {
        _meter.CreateObservableCounter(
            "rondo.auth.checks",
            () => Enum.GetValues<KeyOutcome>().Select(outcome => new Measurement<long>(
                check.Count(outcome), KeyValuePair.Create<string, object?>("outcome", outcome.ToString()))),
            "{check}", "Keys that were checked, by what came of it");
        _meter.CreateObservableGauge(
            "rondo.auth.keys", () => keys.All.Count(k => k.Status(time.GetUtcNow()) == "active"), "{key}",
            "Keys that count");
    }

    public void Dispose() => _meter.Dispose();
}
