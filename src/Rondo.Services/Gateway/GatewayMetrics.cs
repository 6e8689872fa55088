using System.Diagnostics.Metrics;

namespace Rondo.Services.Gateway;

/// <summary>What the gateway tells the platform's meters: counted where it happens, read when somebody asks.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private readonly Meter _meter = new("Rondo.Gateway");

    public GatewayMetrics(RouteBook routes, GatewayStatus status)
    {
        _meter.CreateObservableCounter(
            "rondo.gateway.requests",
            () => All(routes).SelectMany(r => Enum.GetValues<RouteOutcome>().Select(o => new Measurement<long>(
                r.State.Count(o), Tag("route", r.Config.Id), Tag("outcome", o.ToString())))),
            "{request}", "Requests on routes, by what became of them");
        _meter.CreateObservableCounter(
            "rondo.gateway.retries",
            () => All(routes).Select(r => new Measurement<long>(r.State.Retries, Tag("route", r.Config.Id))),
            "{request}", "Requests that were sent to another instance");
        _meter.CreateObservableGauge(
            "rondo.gateway.in_flight",
            () => status.Instances().Select(i => new Measurement<int>(
                i.Traffic.Load.InFlight, Tag("service", i.Instance.Name), Tag("instance", i.Instance.Id))),
            "{request}", "Requests that instances are at");
        _meter.CreateObservableGauge(
            "rondo.gateway.circuit",
            () => status.Instances().Select(i => new Measurement<double>(
                i.Traffic.Circuit.Share, Tag("service", i.Instance.Name), Tag("instance", i.Instance.Id))),
            null, "The share of its requests that an instance gets; 0 while its circuit is open");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<RouteModel> All(RouteBook routes) => routes.Current?.All ?? [];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
