using Rondo.Charts.Scales;

namespace Rondo.Charts.Plots;

/// <summary>What an axis means.</summary>
/// <param name="Kind">How it spreads its values.</param>
/// <param name="Title">What is drawn along it, with its unit where the figures have none.</param>
/// <param name="Format">How a value is written.</param>
internal sealed record ChartAxis(AxisKind Kind, string Title, Func<double, string> Format)
{
    /// <summary>The values that are named; null for round ones.</summary>
    public IReadOnlyList<double>? Named { get; init; }

    /// <summary>A value that the axis reaches down to in any case: 0 for amounts that are compared.</summary>
    public double? From { get; init; }

    /// <summary>
    /// Whether it ends where the values end and has no fine lines; else a log axis has some room beyond them.
    /// </summary>
    public bool IsTight { get; init; }

    /// <summary>A scale over values, of which there may be none. Those it cannot hold are passed over.</summary>
    public IScale Scale(IEnumerable<double> values, int ticks)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in From is { } from ? values.Append(from) : values)
        {
            if (double.IsFinite(value) && (Kind != AxisKind.Log || value > 0))
            {
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }
        }

        (low, high) = low > high ? (Kind == AxisKind.Log ? (1, 10) : (0, 1)) : (low, high);
        return Kind switch
        {
            AxisKind.Log when IsTight || Named is not null => new LogScale(low, high),
            AxisKind.Log => new LogScale(low / Room(low, high), high * Room(low, high)),
            AxisKind.Percentile => new PercentileScale(high),
            _ => Named is null ? LinearScale.Nice(low, high, ticks) : new LinearScale(low, high),
        };
    }

    // A line that lies on its axis looks cut off.
    private static double Room(double low, double high) => Math.Pow(Math.Min(high / low, 1e12), 0.035);

    /// <summary>What the axis marks.</summary>
    public IReadOnlyList<Tick> Ticks(IScale scale, int count) =>
        Named is null
            ? scale.Ticks(count)
            : [.. Named.Where(n => scale.Holds(n) && scale.Place(n) is >= 0 and <= 1).Select(n => new Tick(n))];
}
