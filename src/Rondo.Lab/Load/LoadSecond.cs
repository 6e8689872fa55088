using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load;

/// <summary>What was measured in one second of a run.</summary>
/// <param name="Second">Which, from 0, after the ramp.</param>
/// <param name="Completed">Requests completed in it.</param>
/// <param name="Failed">Requests failed in it.</param>
/// <param name="Latency">The latencies of those that ended in it.</param>
internal sealed record LoadSecond(int Second, long Completed, long Failed, HistogramData Latency);
