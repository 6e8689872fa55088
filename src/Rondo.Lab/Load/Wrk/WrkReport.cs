using System.Globalization;
using System.Text;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Wrk;

/// <summary>The report in wrk's layout, line by line.</summary>
internal static class WrkReport
{
    private const double Microsecond = 1e3;

    public static string Head(LoadPlan plan) =>
        $"Running {WrkUnits.Seconds(plan.Seconds)} test @ {plan.Url}\n"
            + $"  {plan.Threads} threads and {plan.Connections} connections\n";

    public static string Body(LoadPlan plan, LoadResult result, bool hasDistribution)
    {
        var text = new StringBuilder("  Thread Stats   Avg      Stdev     Max   +/- Stdev\n");
        var latency = Corrected(plan, result);
        var deviation = latency.Deviation();
        Row(
            "Latency",
            WrkUnits.Time(latency.Mean / Microsecond),
            WrkUnits.Time(deviation / Microsecond),
            WrkUnits.Time(latency.Max / Microsecond),
            latency.ShareWithin(deviation));
        var (mean, spread, most, within) = Statistics(result.Rates);
        Row("Req/Sec", WrkUnits.Metric(mean), WrkUnits.Metric(spread), WrkUnits.Metric(most), within);
        if (hasDistribution)
        {
            text.Append("  Latency Distribution\n");
            foreach (var percent in (int[])[50, 75, 90, 99])
            {
                var value = WrkUnits.Time(latency.Percentile(percent / 100.0) / Microsecond);
                text.Append(CultureInfo.InvariantCulture, $"{percent,7}%{WrkUnits.Pad(value, 10)}\n");
            }
        }

        Totals(text, result);
        return text.ToString();

        void Row(string name, string average, string stdev, string max, double share) => text.Append(
            CultureInfo.InvariantCulture,
            $"    {name,-10}{WrkUnits.Pad(average, 8)}{WrkUnits.Pad(stdev, 10)}{WrkUnits.Pad(max, 9)}{share * 100,8:F2}%\n");
    }

    // What wrk counts: every whole response, whatever its status.
    private static long Responses(LoadCounts counts) => counts.Completed + counts.WrongStatus + counts.WrongBody;

    private static void Totals(StringBuilder text, LoadResult result)
    {
        var counts = result.Counts;
        var responses = Responses(counts);
        var elapsed = result.ElapsedSeconds;
        text.Append(
            CultureInfo.InvariantCulture,
            $"  {responses} requests in {WrkUnits.Time(elapsed * 1e6)}, {WrkUnits.Bytes(counts.BytesReceived)}B read\n");
        var connect = counts.ConnectErrors + counts.TlsErrors;
        var read = counts.Resets + counts.ClosedEarly + counts.Malformed;
        if (connect + read + counts.Timeouts > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  Socket errors: connect {connect}, read {read}, write 0, timeout {counts.Timeouts}\n");
        }

        if (counts.NotSuccessfulNorRedirected > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  Non-2xx or 3xx responses: {counts.NotSuccessfulNorRedirected}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Requests/sec: {responses / elapsed,9:F2}\n");
        text.Append($"Transfer/sec: {WrkUnits.Bytes(counts.BytesReceived / elapsed),10}B\n");
    }

    // As wrk does: the requests that a stall kept a connection from sending are filled in.
    private static LatencyHistogram Corrected(LoadPlan plan, LoadResult result)
    {
        var perConnection = Responses(result.Counts) / plan.Connections;
        var latency = result.Latency.Restore();
        return perConnection == 0 ? latency : latency.WithMissing((long)(result.ElapsedSeconds * 1e9) / perConnection);
    }

    private static (double Mean, double Deviation, double Max, double Within) Statistics(IReadOnlyList<double> samples)
    {
        if (samples.Count == 0)
        {
            return default;
        }

        var mean = samples.Average();
        var deviation = samples.Count < 2
            ? 0
            : Math.Sqrt(samples.Sum(s => (s - mean) * (s - mean)) / (samples.Count - 1));
        var within = (double)samples.Count(s => Math.Abs(s - mean) <= deviation) / samples.Count;
        return (mean, deviation, samples.Max(), within);
    }
}
