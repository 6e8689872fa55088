using System.Globalization;
using System.Text;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Tool;

/// <summary>The report in the terminal.</summary>
internal static class LoadText
{
    private const double Microsecond = 1e3;
    private const double Millisecond = 1e6;
    private const double Second = 1e9;

    public static string Write(LoadPlan plan, LoadResult result, IReadOnlyList<LoadCheck> checks)
    {
        var text = new StringBuilder();
        var latency = result.Latency.Restore();
        var counts = result.Counts;
        Line("target", $"{plan.Url} ({plan.Address}:{plan.Port})");
        Line("load", Load(plan) + Text($", {result.ElapsedSeconds:0.00} s"));
        var things = plan.IsFanOut ? $"deliveries of {counts.Sent} messages" : plan.IsWebSocket ? "messages" : "requests";
        Line("completed", Text($"{counts.Completed} {things}, {result.Throughput:0.0}/s, ")
            + Bytes(counts.BytesReceived / result.ElapsedSeconds) + "/s received");
        Line("failed", counts.Failed + counts.AbortedAtEnd == 0 ? "none" : Failures(counts));
        if (result.FirstProblem is { } problem)
        {
            Line("", "first: " + problem);
        }

        Line(plan.IsOpen ? "response time" : "service time", plan.IsFanOut
            ? $"from when each message was {(plan.IsOpen ? "due" : "sent")} to each of its deliveries"
            : plan.IsOpen
            ? "from when each request was due to its whole response"
            : "from when a connection was free to the whole response; not what users see when the target stalls");
        Line("", Percentiles(latency));
        if (plan.IsOpen)
        {
            Line("service time", Percentiles(result.ServiceTime.Restore()));
            Line("lateness", Percentiles(result.Lateness.Restore()));
        }

        if (plan.IsFanOut)
        {
            Line("connecting", Percentiles(result.ConnectTime.Restore()) + Text($" ({counts.ConnectionsOpened} connections)"));
            Line("generator", Text($"busiest thread {result.BusiestThread:P0} of a processor"));
            Warn();
            return text.ToString();
        }

        Line("first byte", Percentiles(result.FirstByte.Restore()));
        Line("connecting", Percentiles(result.ConnectTime.Restore()) + Text($" ({counts.ConnectionsOpened} connections)"));
        Line("generator", Text($"{result.CpuSeconds / Math.Max(1, counts.Ended) * 1e6:0.00} us of processor time per request, ")
            + (plan.IsHttp2
                ? "the platform's client, not to be compared with HTTP/1.1 here"
                : Text($"busiest thread {result.BusiestThread:P0} of a processor")));
        Line("Little's law", Text($"{LoadChecks.Busy(plan, result):0.0} requests under way on average")
            + (plan.IsOpen ? "" : Text($", {plan.Connections * plan.Streams} at most")));
        Warn();
        return text.ToString();

        void Warn()
        {
            foreach (var check in checks.Where(c => !c.Passed))
            {
                Line("warning", $"{check.Text} [{check.Code}]");
            }
        }

        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14} {value}\n");
    }

    /// <summary>A duration for people, from nanoseconds.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        < Millisecond => Text($"{nanoseconds / Microsecond:0.0} us"),
        < Second => Text($"{nanoseconds / Millisecond:0.00} ms"),
        _ => Text($"{nanoseconds / Second:0.000} s"),
    };

    /// <summary>The percentiles that the samples carry.</summary>
    public static string Percentiles(LatencyHistogram histogram)
    {
        if (histogram.Count == 0)
        {
            return "no samples";
        }

        var three = histogram.Count >= LatencyHistogram.FewestForThreeNines
            ? Time(histogram.Percentile(0.999))
            : "too few samples";
        return $"min {Time(histogram.Min)}  p50 {Time(histogram.Percentile(0.5))}  p90 {Time(histogram.Percentile(0.9))}  "
            + $"p99 {Time(histogram.Percentile(0.99))}  p99.9 {three}  max {Time(histogram.Max)}";
    }

    private static string Load(LoadPlan plan)
    {
        var shape = plan.Rate is { } rate
            ? Text($"open, {rate:0.###}/s {(plan.IsPoisson ? "at random" : "evenly")}, {plan.Connections}")
                + (plan.MaxConnections > plan.Connections ? $" to {plan.MaxConnections}" : "")
            : $"closed, {plan.Connections}";
        if (plan.IsFanOut)
        {
            return (plan.Rate is { } messages ? Text($"fan-out, open, {messages:0.###} messages/s") : "fan-out, closed")
                + Text($", 1 connection sends, {plan.Connections} receive");
        }

        return shape + (plan.MaxConnections > 1 || plan.Connections > 1 ? " connections" : " connection")
            + (plan.IsHttp2 ? "" : plan.Threads == 1 ? ", 1 thread" : $", {plan.Threads} threads")
            + (plan.IsHttp2 ? $", HTTP/2, {plan.Streams} requests at a time on each" : "")
            + (plan.KeepAlive ? "" : ", no keep-alive") + (plan.Engine == "epoll" ? "" : $", {plan.Engine} engine");
    }

    private static string Failures(LoadCounts counts)
    {
        (string Name, long Count)[] kinds =
        [
            ("connect", counts.ConnectErrors), ("TLS", counts.TlsErrors), ("reset", counts.Resets),
            ("closed early", counts.ClosedEarly),
            ("timeout", counts.Timeouts), ("malformed", counts.Malformed), ("wrong status", counts.WrongStatus),
            ("wrong body", counts.WrongBody), ("aborted at end", counts.AbortedAtEnd),
        ];
        return string.Join(", ", kinds.Where(k => k.Count > 0).Select(k => $"{k.Count} {k.Name}"));
    }

    private static string Bytes(double count)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        for (; count >= 1024 && unit < units.Length - 1; unit++)
        {
            count /= 1024;
        }

        return Text($"{count:0.0} {units[unit]}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
