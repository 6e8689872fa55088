using System.Globalization;
using System.Text.RegularExpressions;

namespace Rondo.Lab.Load;

/// <summary>A latency that must hold, such as <c>p99&lt;200ms</c>; failed requests break it, too.</summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Quantile">0 to 1.</param>
/// <param name="LimitSeconds">What the percentile must stay below.</param>
internal sealed partial record Slo(string Text, double Quantile, double LimitSeconds)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static Slo Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            && double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and <= 100
            && Quantity.TrySeconds(match.Groups[2].Value, out var limit) && limit > 0
            ? new Slo(text, percent / 100, limit)
            : throw new LoadException($"--slo: '{text}' is no limit such as p99<200ms", LoadExit.Usage);
    }

    /// <summary>The percentile of a result in seconds; infinite if more requests failed than it allows.</summary>
    public double Value(LoadResult result)
    {
        var lost = result.Counts.Failed + result.Counts.AbortedAtEnd;
        var latency = result.Latency.Restore();
        var all = latency.Count + lost;

        // A request without a good response took longer than any that has one.
        var rank = (long)Math.Ceiling((decimal)Quantile * all);
        return rank > latency.Count || latency.Count == 0 ? double.PositiveInfinity : latency.AtRank(rank) / 1e9;
    }

    public bool IsMet(LoadResult result) => Value(result) < LimitSeconds;

    [GeneratedRegex(@"^\s*p(\d+(?:\.\d+)?)\s*<\s*(\d+(?:\.\d+)?\s*(?:us|ms|s|m)?)\s*$")]
    private static partial Regex Form();
}
