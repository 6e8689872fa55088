using System.Globalization;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>When a measurement is too disturbed to count.</summary>
internal static class NoiseGate
{
    public const double MostSteal = 0.005;
    public const double MostForeign = 0.05;
    public const double MostDrift = 0.03;
    public const double MostBusy = 0.8;
    public const double MostStarved = 0.1;
    public const double LittleTolerance = 0.05;
    public const double LatestMilliseconds = 1;
    public const double LatestShare = 0.1;

    /// <summary>The places of the cells that are too disturbed to count.</summary>
    public static IEnumerable<int> Disturbed(IReadOnlyList<LabCell> cells) =>
        Enumerable.Range(0, cells.Count).Where(i => Reason(cells[i]) is not null);

    /// <summary>What has disturbed this cell too much; null if nothing has.</summary>
    public static string? Reason(LabCell cell) => cell.Noise switch
    {
        { StealShare: > MostSteal } n => Text($"steal {n.StealShare:P1}"),
        { ThrottledPeriods: > 0 } n => Text($"throttled {n.ThrottledPeriods} times"),
        { ForeignShare: > MostForeign } n => Text($"others use {n.ForeignShare:P0} of a processor"),
        { CalibrationDrift: > MostDrift or < -MostDrift } n => Text($"calibration off by {n.CalibrationDrift:P1}"),
        _ => cell.Generator is { StarvedThread: > MostStarved } g
            ? Text($"generator without a processor for {g.StarvedThread:P0}")
            : null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
