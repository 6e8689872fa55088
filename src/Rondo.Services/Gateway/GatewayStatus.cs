using System.Text.Json;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>How the services behind the gateway do.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class GatewayStatus(RouteBook routes, IRegistryView registry, InstanceTraffics traffics)
{
    /// <summary>All instances of services that have a route.</summary>
    public IEnumerable<(ServiceInstance Instance, InstanceTraffic Traffic)> Instances() =>
        (routes.Current?.All ?? []).Select(r => r.Config.Service).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .SelectMany(s => registry.Current?.Find(s)?.All ?? [])
            .Select(i => (i, traffics.Of(i)));

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("services");
        foreach (var service in Instances().GroupBy(i => i.Instance.Name))
        {
            json.WriteStartObject();
            json.WriteString("name", service.Key);
            json.WriteStartArray("instances");
            foreach (var (instance, traffic) in service)
            {
                Write(json, instance, traffic);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (var route in routes.Current?.All ?? [])
        {
            json.WriteStartObject();
            json.WriteString("id", route.Config.Id);
            json.WriteString("path", route.Config.Path.Text);
            json.WriteString("service", route.Config.Service);
            foreach (var outcome in Enum.GetValues<RouteOutcome>())
            {
                json.WriteNumber(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()), route.State.Count(outcome));
            }

            json.WriteNumber("retries", route.State.Retries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteIgnored(json, routes.Current);
    }

    public static void WriteIgnored(Utf8JsonWriter json, RouteTable? table)
    {
        json.WriteStartArray("ignored");
        foreach (var claim in table?.Ignored ?? [])
        {
            json.WriteStartObject();
            json.WriteString("service", claim.Service);
            json.WriteString("path", claim.Path);
            json.WriteString("why", claim.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ServiceInstance instance, InstanceTraffic traffic)
    {
        json.WriteStartObject();
        json.WriteString("id", instance.Id);
        json.WriteString("url", traffic.Url);
        json.WriteString("state", instance.State.Text());
        json.WriteNumber("in_flight", traffic.Load.InFlight);
        json.WriteNumber("requests", traffic.Requests);
        json.WriteNumber("errors", traffic.Errors);
        WriteTime(json, "p50_ms", traffic.Latency.Percentile(0.50));
        WriteTime(json, "p95_ms", traffic.Latency.Percentile(0.95));
        var circuit = traffic.Circuit;
        json.WriteString("circuit", Text(circuit.Phase));
        json.WriteNumber("share", Math.Round(circuit.Share, 2));
        if (circuit.Left > TimeSpan.Zero)
        {
            json.WriteNumber("open_for_seconds", Math.Round(circuit.Left.TotalSeconds, 1));
        }

        json.WriteEndObject();
    }

    public static string Text(CircuitPhase phase) => phase switch
    {
        CircuitPhase.Closed => "closed",
        CircuitPhase.Open => "open",
        _ => "half-open",
    };

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
