using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Tool;

/// <summary>The result as JSON, schema <c>rondo-load/1</c>, which docs/load.md describes. Times are nanoseconds.</summary>
internal static class LoadJson
{
    public const string Schema = "rondo-load/1";

    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(LoadPlan plan, LoadResult result, IReadOnlyList<LoadCheck> checks)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("started_at", result.StartedAt);
            WriteMachine(json);
            WriteSettings(json, plan);
            WriteResult(json, plan, result);
            WriteChecks(json, checks);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteMachine(Utf8JsonWriter json)
    {
        json.WriteStartObject("machine");
        json.WriteString("os", System.Runtime.InteropServices.RuntimeInformation.OSDescription);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteString("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, LoadPlan plan)
    {
        json.WriteStartObject("settings");
        json.WriteString("url", plan.Url);
        json.WriteString("protocol", plan.IsWebSocket ? "websocket" : plan.IsHttp2 ? "http/2" : "http/1.1");
        json.WriteNumber("streams", plan.Streams);
        json.WriteBoolean("fan_out", plan.IsFanOut);
        json.WriteString("load", plan.IsOpen ? "open" : "closed");
        json.WriteNumber("connections", plan.Connections);
        json.WriteNumber("max_connections", Math.Max(plan.Connections, plan.MaxConnections));
        json.WriteNumber("threads", plan.Threads);
        json.WriteNumber("duration_seconds", plan.Seconds);
        WriteOptional(json, "requests", plan.Requests);
        WriteOptional(json, "rate", plan.Rate);
        json.WriteString("arrivals", plan.IsPoisson ? "poisson" : "uniform");
        json.WriteNumber("ramp_seconds", plan.RampSeconds);
        json.WriteNumber("think_seconds", plan.ThinkSeconds);
        json.WriteNumber("timeout_seconds", plan.TimeoutSeconds);
        json.WriteBoolean("keep_alive", plan.KeepAlive);
        json.WriteString("engine", plan.Engine);
        json.WriteNumber("seed", plan.Seed);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, LoadPlan plan, LoadResult result)
    {
        var counts = result.Counts;
        json.WriteNumber("elapsed_seconds", result.ElapsedSeconds);
        json.WriteNumber("completed", counts.Completed);
        json.WriteNumber("requests_per_second", result.Throughput);
        json.WriteStartObject("failed");
        json.WriteNumber("connect", counts.ConnectErrors);
        json.WriteNumber("tls", counts.TlsErrors);
        json.WriteNumber("reset", counts.Resets);
        json.WriteNumber("closed_early", counts.ClosedEarly);
        json.WriteNumber("timeout", counts.Timeouts);
        json.WriteNumber("malformed", counts.Malformed);
        json.WriteNumber("wrong_status", counts.WrongStatus);
        json.WriteNumber("wrong_body", counts.WrongBody);
        json.WriteNumber("aborted_at_end", counts.AbortedAtEnd);
        json.WriteEndObject();
        json.WriteString("first_problem", result.FirstProblem);
        json.WriteNumber("sent", counts.Sent);
        json.WriteNumber("due", counts.Due);
        json.WriteNumber("waited_for_connection", counts.Waited);
        json.WriteNumber("connections_opened", counts.ConnectionsOpened);
        json.WriteNumber("bytes_received", counts.BytesReceived);
        json.WriteNumber("body_bytes", counts.BodyBytes);
        WriteTimes(json, plan.IsOpen ? "response_time" : "service_time", result.Latency);
        if (plan.IsOpen)
        {
            WriteTimes(json, "service_time", result.ServiceTime);
            WriteTimes(json, "lateness", result.Lateness);
        }

        WriteTimes(json, "first_byte", result.FirstByte);
        WriteTimes(json, "connect_time", result.ConnectTime);
        json.WriteStartArray("seconds");
        foreach (var second in result.Seconds)
        {
            json.WriteStartObject();
            json.WriteNumber("second", second.Second);
            json.WriteNumber("completed", second.Completed);
            json.WriteNumber("failed", second.Failed);
            WriteTimes(json, "latency", second.Latency);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("generator");
        json.WriteNumber("cpu_seconds", result.CpuSeconds);
        json.WriteNumber("cpu_microseconds_per_request", result.CpuSeconds / Math.Max(1, counts.Ended) * 1e6);
        json.WriteNumber("busiest_thread", result.BusiestThread);
        json.WriteNumber("starved_thread", result.StarvedThread);
        json.WriteNumber("busy_connections", LoadChecks.Busy(plan, result));
        json.WriteEndObject();
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, HistogramData data)
    {
        var histogram = data.Restore();
        json.WriteStartObject(name);
        json.WriteNumber("count", histogram.Count);
        json.WriteNumber("min", histogram.Min);
        json.WriteNumber("mean", Math.Round(histogram.Mean));
        json.WriteNumber("p50", histogram.Percentile(0.5));
        json.WriteNumber("p75", histogram.Percentile(0.75));
        json.WriteNumber("p90", histogram.Percentile(0.9));
        json.WriteNumber("p99", histogram.Percentile(0.99));
        WriteOptional(
            json, "p99_9", histogram.Count >= LatencyHistogram.FewestForThreeNines ? histogram.Percentile(0.999) : null);
        json.WriteNumber("max", histogram.Max);
        json.WriteString("hdr", data.Encoded);
        json.WriteEndObject();
    }

    private static void WriteChecks(Utf8JsonWriter json, IReadOnlyList<LoadCheck> checks)
    {
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("code", check.Code);
            json.WriteBoolean("pass", check.Passed);
            json.WriteNumber("value", check.Value);
            json.WriteNumber("limit", check.Limit);
            if (!check.Passed)
            {
                json.WriteString("text", check.Text);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
