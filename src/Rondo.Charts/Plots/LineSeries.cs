namespace Rondo.Charts.Plots;

/// <summary>One of the things that a line chart compares.</summary>
/// <param name="Name">What it is called beside its line; anything, empty for none.</param>
/// <param name="Index">Which <see cref="Scenes.SeriesStyle"/> it has, the same in every chart of a page.</param>
/// <param name="Points">
/// What was measured, rising along the axis. Values without a place there interrupt the line.
/// </param>
internal sealed record LineSeries(string Name, int Index, IReadOnlyList<LinePoint> Points)
{
    /// <summary>What had been predicted; drawn dotted.</summary>
    public IReadOnlyList<LinePoint> Predicted { get; init; } = [];

    /// <summary>A point that is ringed: where growth ends.</summary>
    public LinePoint? Ring { get; init; }

    /// <summary>What follows the name, in grey.</summary>
    public string? Suffix { get; init; }

    /// <summary>What tells the series from others in a page.</summary>
    public string Key => "m" + Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
