using System.Globalization;

namespace Rondo.Lab.Measuring;

/// <summary>Writes a <c>.hdr</c> file: HdrHistogram's log format 1.3, one line per interval, maxima in milliseconds.</summary>
internal static class HistogramLog
{
    private const double Millisecond = 1e6;

    /// <summary>Writes the whole log.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="start">When the first interval began.</param>
    /// <param name="intervals">Length of each interval and what was recorded in it, in order.</param>
    public static void Write(
        TextWriter into, DateTimeOffset start, IEnumerable<(TimeSpan Length, LatencyHistogram Histogram)> intervals)
    {
        var seconds = start.ToUnixTimeMilliseconds() / 1000.0;
        into.Write("#[Histogram log format version 1.3]\n");
        into.Write(Text($"#[StartTime: {seconds:0.000} (seconds since epoch), {start:yyyy-MM-dd'T'HH:mm:sszzz}]\n"));
        into.Write("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
        var passed = 0.0;
        foreach (var (length, histogram) in intervals)
        {
            into.Write(Text($"{passed:0.000},{length.TotalSeconds:0.000},{histogram.Max / Millisecond:0.000},"));
            into.Write(HistogramEncoding.Encode(histogram) + "\n");
            passed += length.TotalSeconds;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
