namespace Rondo.Lab.Statistics;

/// <summary>A curve of throughput against concurrency.</summary>
internal interface ICurve
{
    /// <summary>What was fitted, in a fixed order.</summary>
    IReadOnlyList<(string Name, double Value)> Parameters { get; }

    /// <summary>Concurrency from which throughput grows no further; infinite if it always grows.</summary>
    double Peak { get; }

    /// <summary>Throughput at a concurrency of 1 or more.</summary>
    double At(double n);
}
