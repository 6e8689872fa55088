using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Streams;
using Rondo.Services.Weather.Http;
using Rondo.Services.Weather.Sources;

namespace Rondo.Services.Weather;

/// <summary>Puts the weather service together: its sources, its parts, its routes.</summary>
internal static class WeatherService
{
    public const string Name = "weather";

    private const string Scope = "weather:read";

    /// <summary>Calls that a server stores as made at a time: one write to the disk for ten calls.</summary>
    private const int BudgetBlock = 10;

    public static void AddWeather(this IServiceCollection services, WeatherSetup setup)
    {
        services.AddSingleton<LiveOptions<WeatherOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<WeatherOptions>>(provider, WeatherOptions.Section));
        services.AddSingleton<WeatherStore>();
        services.AddSingleton(provider => new PlaceBook(
            setup, Options(provider), provider.GetRequiredService<WeatherStore>()));
        services.AddSingleton(provider => Upstreams(
            provider.GetRequiredService<OutboundHttp>(),
            provider.GetRequiredService<PlaceBook>(),
            Options(provider),
            provider.GetRequiredService<WeatherStore>(),
            BudgetBlock,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WeatherAggregator>();
        services.AddSingleton<WeatherEvents>();
        services.AddSingleton<WeatherMetrics>();
        services.AddSingleton(new PageLink("/weather", "Weather"));
    }

    public static void MapWeather(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<WeatherMetrics>();
        services.GetRequiredService<StreamMetrics>();
        ActivatorUtilities.CreateInstance<SeedWeatherEndpoints>(services)
            .Map(routes.MapGroup("").WithMetadata(AnyOrigin.Instance));
        var readable = routes.MapGroup("").WithMetadata(AnyOrigin.Instance).RequireScope(Scope);
        ActivatorUtilities.CreateInstance<WeatherEndpoints>(services).Map(readable);
        ActivatorUtilities.CreateInstance<UpstreamEndpoints>(services).Map(readable);
        ActivatorUtilities.CreateInstance<PlaceEndpoints>(services).Map(readable, routes);
    }

    /// <summary>The sources in the order in which they are asked.</summary>
    public static IReadOnlyList<WeatherUpstream> Upstreams(
        OutboundHttp http,
        PlaceBook places,
        Func<WeatherOptions> options,
        WeatherStore? store,
        int block,
        TimeProvider time)
    {
        return
        [
            Server(new OpenMeteoSource(http, options, () => places.AsksServers, time)),
            Server(new MetNoSource(http, options, () => places.AsksServers, time)),
            new WeatherUpstream(new FileWeatherSource(options, () => !places.IsFixture, time), null),
            new WeatherUpstream(new FixtureSource(() => places.IsFixture, time), null),
        ];

        WeatherUpstream Server(IWeatherSource source) =>
            new(source, new UpstreamGate(source.Name, store, block, options, time));
    }

    private static Func<WeatherOptions> Options(IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<WeatherOptions>>();
        return () => options.Current;
    }
}
