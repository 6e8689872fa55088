using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary><c>GET /weather/upstreams</c>: how each source is doing.</summary>
internal sealed class UpstreamEndpoints(WeatherAggregator weather, PlaceBook places, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapRead("/weather/upstreams", context =>
        WeatherParameters.Unknown(context) is { } problem
            ? problem.WriteAsync(context)
            : JsonReply.WriteAsync(context, Write));

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("upstreams");
        foreach (var upstream in weather.Upstreams)
        {
            json.WriteStartObject();
            json.WriteString("name", upstream.Source.Name);
            json.WriteString("location", upstream.Source.Location);
            json.WriteBoolean("asked", upstream.Source.Serves(places.Default));
            if (upstream.Gate is { } gate)
            {
                Write(json, gate.Status());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, UpstreamStatus status)
    {
        json.WriteString("circuit", status.Circuit switch
        {
            CircuitState.Closed => "closed",
            CircuitState.Open => "open",
            _ => "half-open",
        });
        json.WriteString("retry_at", Text(status.RetryAt));
        json.WriteStartObject("budget");
        json.WriteNumber("limit", status.Limit);
        json.WriteNumber("used", status.Used);
        json.WriteNumber("left", Math.Max(0, status.Limit - status.Used));
        json.WriteString("resets_at", Text(DailyBudget.NextDay(time.GetUtcNow())));
        json.WriteEndObject();
        json.WriteString("last_success", Text(status.LastSuccess));
        json.WriteString("last_failure", Text(status.LastFailure));
        json.WriteString("last_error", status.LastError);
        Milliseconds(json, "p50_ms", status.P50);
        Milliseconds(json, "p95_ms", status.P95);
    }

    private static void Milliseconds(Utf8JsonWriter json, string name, TimeSpan? duration)
    {
        if (duration is { } known)
        {
            json.WriteNumber(name, Math.Round((decimal)known.TotalMilliseconds, 1));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string? Text(DateTimeOffset? at) => at is { } moment ? WeatherJson.Instant(moment) : null;
}
