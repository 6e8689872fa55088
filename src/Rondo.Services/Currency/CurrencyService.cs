using System.Diagnostics.Metrics;
using Rondo.Services.Currency.Http;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Currency;

/// <summary>Where the currency service takes its rates from.</summary>
internal sealed record CurrencySetup(bool Offline, string? RatesFile);

/// <summary>Puts the currency service together: its parts, its routes, its readiness.</summary>
internal static class CurrencyService
{
    public const string Name = "currency";

    public static void AddCurrency(this IServiceCollection services, CurrencySetup setup)
    {
        services.AddSingleton<LiveOptions<CurrencyOptions>>(provider =>
            ActivatorUtilities.CreateInstance<LiveOptions<CurrencyOptions>>(provider, CurrencyOptions.Section));
        services.AddSingleton(provider => Book(provider, setup));
        services.AddSingleton(provider => Sources(provider, setup));
        services.AddSingleton<CurrencyConverter>();
        services.AddHostedService<RateEvents>();
        services.AddSingleton<RateRefresher>();
        services.AddHostedService(provider => provider.GetRequiredService<RateRefresher>());
        services.AddSingleton<CurrencyMetrics>();
        services.AddSingleton<IReadiness>(provider => new Readiness(provider.GetRequiredService<RateBook>()));
    }

    public static void MapCurrency(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        services.GetRequiredService<CurrencyMetrics>();
        var readable = routes.MapGroup("").WithMetadata(AnyOrigin.Instance);
        ActivatorUtilities.CreateInstance<ConvertEndpoints>(services).Map(readable);
        ActivatorUtilities.CreateInstance<CurrencyEndpoints>(services).Map(readable);
        readable.MapStream("/currency/stream", RateEvents.Stream, StreamStart.Last);
        ActivatorUtilities.CreateInstance<FrankfurterV1Endpoints>(services).Map(readable);
        ActivatorUtilities.CreateInstance<FrankfurterV2Endpoints>(services).Map(readable);
        ActivatorUtilities.CreateInstance<CurrencyAdminEndpoints>(services).Map(routes);
    }

    private static RateBook Book(IServiceProvider services, CurrencySetup setup)
    {
        var time = services.GetRequiredService<TimeProvider>();
        return setup.RatesFile is { } file
            ? new RateBook(null, RateImport.Read(file, RateOrigin.File, time), time)
            : new RateBook(new RateStore(services.GetRequiredService<Database>()), BundledRates.Load(), time);
    }

    private static IReadOnlyList<IRateSource> Sources(IServiceProvider services, CurrencySetup setup)
    {
        var time = services.GetRequiredService<TimeProvider>();
        if (setup.RatesFile is { } file)
        {
            return [new FileRateSource(file, time)];
        }

        if (setup.Offline)
        {
            return [];
        }

        var http = services.GetRequiredService<OutboundHttp>();
        var options = services.GetRequiredService<LiveOptions<CurrencyOptions>>();
        return
        [
            new EcbRateSource(http, () => options.Current, time),
            new FixerRateSource(http, () => options.Current, time),
        ];
    }

    private sealed class Readiness(RateBook book) : IReadiness
    {
        public string Name => CurrencyService.Name;

        public bool IsReady => book.Current.Latest >= 0;
    }
}

/// <summary>What the currency service tells the platform's meters.</summary>
internal sealed class CurrencyMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Currency");

    public CurrencyMetrics(RateBook book, RateRefresher refresher, TimeProvider time)
    {
        _meter.CreateObservableGauge(
            "rondo.currency.rates.age", () => book.Current.Age(time.GetUtcNow()).TotalSeconds, "s",
            "Time since the source last confirmed the newest rates");
        _meter.CreateObservableGauge(
            "rondo.currency.rates", () => book.Current.Table.RateCount, "{rate}", "Rates held");
        _meter.CreateObservableGauge(
            "rondo.currency.refresh.failing", () => refresher.Status.LastError is null ? 0 : 1, null,
            "1 while the last refresh of the rates has failed");
    }

    public void Dispose() => _meter.Dispose();
}
