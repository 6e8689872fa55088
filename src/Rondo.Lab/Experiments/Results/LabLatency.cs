using Rondo.Lab.Measuring;

namespace Rondo.Lab.Experiments.Results;

/// <summary>A distribution of durations in nanoseconds: the figures that people ask for, and the whole.</summary>
/// <param name="Count">How many.</param>
/// <param name="Min">Exact.</param>
/// <param name="Max">Exact.</param>
/// <param name="Sum">Exact.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile; null below <see cref="LatencyHistogram.FewestForThreeNines"/> samples.</param>
/// <param name="Hdr">HdrHistogram's V2 compressed form in base64.</param>
internal sealed record LabLatency(
    long Count, long Min, long Max, double Sum, long P50, long P90, long P99, long? P999, string Hdr)
{
    /// <summary>In nanoseconds; 0 without any.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double Mean => Count == 0 ? 0 : Sum / Count;

    public static LabLatency Of(LatencyHistogram histogram) => new(
        histogram.Count,
        histogram.Min,
        histogram.Max,
        histogram.Sum,
        histogram.Percentile(0.5),
        histogram.Percentile(0.9),
        histogram.Percentile(0.99),
        histogram.Count >= LatencyHistogram.FewestForThreeNines ? histogram.Percentile(0.999) : null,
        HistogramEncoding.Encode(histogram));

    /// <summary>The histogram, for what is not among the figures.</summary>
    public LatencyHistogram Restore() => new HistogramData(Hdr, Min, Max, Sum).Restore();
}
