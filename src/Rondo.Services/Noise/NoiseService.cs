using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Noise.Http;
using Rondo.Services.Noise.Mqtt;
using Rondo.Services.Noise.Pages;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>Puts the noise service together: its loop, its rooms, its routes.</summary>
internal static class NoiseService
{
    public const string Name = "noise";

    public static void AddNoise(this IServiceCollection services, bool isDemo)
    {
        services.AddSingleton<LiveOptions<NoiseOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<NoiseOptions>>(provider, NoiseOptions.Section));
        services.AddSingleton<NoiseLoop>();
        services.AddSingleton<NoiseBook>();
        services.AddSingleton<NoiseStore>();
        services.AddSingleton(Parts);
        services.AddSingleton<NoiseMonitor>();
        services.AddSingleton<LevelHistory>();
        services.AddSingleton<NoiseTickets>();
        services.AddSingleton<NoiseMetrics>();
        services.AddSingleton<NoiseHookStore>();
        services.AddHostedService<NoiseHookSender>();
        services.AddSingleton<NoiseSockets>();
        services.AddSingleton<LegacySockets>();
        services.AddSingleton<NoiseStreamEndpoints>();
        services.AddSingleton<NoiseWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<NoiseWorker>());
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<NoiseWorker>());
        services.AddSingleton<LiveOptions<MqttOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<MqttOptions>>(provider, MqttOptions.Section));
        services.AddHostedService<MqttWorker>();
        if (isDemo)
        {
            services.AddHostedService<SimulatedRooms>();
        }
    }

    public static void MapNoise(this IEndpointRouteBuilder routes, bool isDemo)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<NoiseMetrics>();
        ActivatorUtilities.CreateInstance<NoiseRoomEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<NoiseDeviceEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<SampleEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<MeasureEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<LevelEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<EnrolmentEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<NoiseHookEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<CalibrationEndpoints>(services).Map(routes);
        services.GetRequiredService<NoiseStreamEndpoints>().Map(routes);
        var legacy = services.GetRequiredService<LegacySockets>();
        foreach (var path in new[] { "/websocket", "/broadcast" })
        {
            var route = routes.MapGet(path, legacy.ServeAsync);
            if (!isDemo)
            {
                route.RequireScope("noise:legacy");
            }
        }
    }

    private static NoiseParts Parts(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<NoiseOptions>>();
        return new NoiseParts(
            services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<NoiseLoop>().Loop,
            () => options.Current,
            services.GetRequiredService<NoiseMetrics>(),
            services.GetRequiredService<ILogger<NoiseMonitor>>());
    }
}
