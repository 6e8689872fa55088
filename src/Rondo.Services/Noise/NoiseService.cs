using Rondo.Services.Hosting;
using Rondo.Services.Noise.Http;
using Rondo.Services.Noise.Pages;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>Puts the noise service together: its loop, its rooms, its routes.</summary>
internal static class NoiseService
{
    public const string Name = "noise";

    public static void AddNoise(this IServiceCollection services)
    {
        services.AddSingleton<LiveOptions<NoiseOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<NoiseOptions>>(provider, NoiseOptions.Section));
        services.AddSingleton<NoiseLoop>();
        services.AddSingleton<NoiseBook>();
        services.AddSingleton<NoiseStore>();
        services.AddSingleton(Parts);
        services.AddSingleton<NoiseMonitor>();
        services.AddSingleton<NoiseSockets>();
        services.AddSingleton<NoiseStreamEndpoints>();
        services.AddSingleton<NoiseWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<NoiseWorker>());
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<NoiseWorker>());
    }

    public static void MapNoise(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        ActivatorUtilities.CreateInstance<NoiseRoomEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<NoiseDeviceEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<SampleEndpoints>(services).Map(routes);
        ActivatorUtilities.CreateInstance<MeasureEndpoints>(services).Map(routes);
        services.GetRequiredService<NoiseStreamEndpoints>().Map(routes);
    }

    private static NoiseParts Parts(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<NoiseOptions>>();
        return new NoiseParts(
            services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<NoiseLoop>().Loop,
            () => options.Current,
            services.GetRequiredService<ILogger<NoiseMonitor>>());
    }
}
