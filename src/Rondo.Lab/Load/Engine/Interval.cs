using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>What one thread has measured in about a second.</summary>
internal sealed class Interval
{
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Completed and failed requests since the run began.</summary>
    public long Completed { get; set; }

    public long Failed { get; set; }

    /// <summary>Which second of the measurement it belongs to, from 0.</summary>
    public int Second { get; set; }
}
