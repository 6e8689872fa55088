using System.Globalization;
using System.Text;

namespace Rondo.Lab.Load.Tool;

/// <summary>The seconds of a run as CSV; times in milliseconds.</summary>
internal static class LoadCsv
{
    private const double Millisecond = 1e6;

    public static string Write(LoadResult result)
    {
        var text = new StringBuilder("second,completed,failed,p50_ms,p90_ms,p99_ms,max_ms\n");
        foreach (var second in result.Seconds)
        {
            var latency = second.Latency.Restore();
            text.Append(CultureInfo.InvariantCulture, $"{second.Second},{second.Completed},{second.Failed}");
            foreach (var value in (long[])
                [latency.Percentile(0.5), latency.Percentile(0.9), latency.Percentile(0.99), latency.Max])
            {
                text.Append(CultureInfo.InvariantCulture, $",{value / Millisecond:0.000}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
