using System.Diagnostics.Metrics;

namespace Rondo.Services.Weather;

/// <summary>What the weather service tells the platform's meters.</summary>
internal sealed class WeatherMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Weather");

    public WeatherMetrics(WeatherAggregator weather)
    {
        var servers = weather.Upstreams.Where(u => u.Gate is not null).ToList();
        _meter.CreateObservableGauge(
            "rondo.weather.upstream.calls", () => servers.Select(s => Measure(s, u => u.Used)), "{call}",
            "Calls of this UTC day");
        _meter.CreateObservableGauge(
            "rondo.weather.upstream.calls.left",
            () => servers.Select(s => Measure(s, u => Math.Max(0, u.Limit - u.Used))), "{call}",
            "Calls left on this UTC day");
        _meter.CreateObservableGauge(
            "rondo.weather.upstream.open",
            () => servers.Select(s => Measure(s, u => u.Circuit is CircuitState.Closed ? 0 : 1)), null,
            "1 while a server is not asked after failures");
        _meter.CreateObservableGauge(
            "rondo.weather.refreshes", () => weather.RefreshesRunning, "{refresh}", "Refreshes on their way");
        _meter.CreateObservableGauge(
            "rondo.weather.places", () => weather.PlaceCount, "{place}", "Places whose weather is held");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<int> Measure(WeatherUpstream upstream, Func<UpstreamStatus, int> value) =>
        new(value(upstream.Gate!.Status()), new KeyValuePair<string, object?>("source", upstream.Source.Name));
}
