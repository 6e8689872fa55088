namespace Rondo.Lab.Measuring;

/// <summary>A histogram as JSON holds it: the export by slots, and the three values that it would lose.</summary>
/// <param name="Encoded">HdrHistogram's V2 compressed form in base64.</param>
/// <param name="Min">Nanoseconds.</param>
/// <param name="Max">Nanoseconds.</param>
/// <param name="Sum">Nanoseconds.</param>
internal sealed record HistogramData(string Encoded, long Min, long Max, double Sum)
{
    public static HistogramData Of(LatencyHistogram histogram) =>
        new(HistogramEncoding.Encode(histogram), histogram.Min, histogram.Max, histogram.Sum);

    public LatencyHistogram Restore()
    {
        var histogram = HistogramEncoding.Decode(Encoded);
        histogram.Restore(Min, Max, Sum);
        return histogram;
    }
}
