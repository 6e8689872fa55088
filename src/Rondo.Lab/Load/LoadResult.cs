using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load;

/// <summary>What a run has measured.</summary>
internal sealed record LoadResult
{
    private const int LongestText = 500;

    public required LoadCounts Counts { get; init; }

    /// <summary>Open load: from when each request was due. Closed load: from when its connection was free.</summary>
    public required HistogramData Latency { get; init; }

    public required HistogramData ConnectTime { get; init; }

    /// <summary>From sending to the first byte of the response.</summary>
    public required HistogramData FirstByte { get; init; }

    /// <summary>Open load: from sending to the whole response.</summary>
    public required HistogramData ServiceTime { get; init; }

    /// <summary>Open load: how late requests were sent although a connection was free.</summary>
    public required HistogramData Lateness { get; init; }

    public required IReadOnlyList<LoadSecond> Seconds { get; init; }

    /// <summary>Requests per second of each thread in each tenth of a second.</summary>
    public required IReadOnlyList<double> Rates { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How long the measurement lasted, without the ramp.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>The sum of the time that failed and aborted requests took.</summary>
    public double FailedSeconds { get; init; }

    /// <summary>How long the oldest request without a response had waited when the run ended.</summary>
    public double OldestAtEndSeconds { get; init; }

    /// <summary>Processor time of the worker process while it measured, user and system.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>The busiest thread's share of a processor, 0 to 1.</summary>
    public double BusiestThread { get; init; }

    /// <summary>The largest share of its time that a thread was ready and had no processor, 0 to 1.</summary>
    public double StarvedThread { get; init; }

    /// <summary>The first thing that went wrong, in words.</summary>
    public string? FirstProblem
    {
        get;
        init => field = Clean(value);
    }

    /// <summary>The <c>Server</c> header of one response.</summary>
    public string? Server
    {
        get;
        init => field = Clean(value);
    }

    /// <summary>The length of the first body; -1 without one.</summary>
    public long FirstLength { get; init; }

    /// <summary>Completed requests per second.</summary>
    public double Throughput => ElapsedSeconds > 0 ? Counts.Completed / ElapsedSeconds : 0;

    // The server may have written it, and it goes to a terminal.
    private static string? Clean(string? text) => text is null ? null : string.Concat(
        text.Take(LongestText).Select(c => char.IsControl(c) ? ' ' : c));
}
