using System.Globalization;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>Curves through the throughput of one model, and what they say.</summary>
internal static class FitSummary
{
    // How far beyond the last point a curve may be believed.
    private const double Foresight = 1.5;

    public static IEnumerable<LabFit> Of(LabResult result, string model) => Of(
        model,
        [.. result.Cells.Where(c => c.Model == model && c is { Counts: not null, Throughput: > 0, LoadConnections: null })
            .Select(c => ((double)c.Connections, c.Throughput))],
        result.Settings.Seed);

    /// <summary>Both kinds of curve, the better one first.</summary>
    public static IEnumerable<LabFit> Of(string model, IReadOnlyList<(double N, double X)> points, int seed)
    {
        if (points.Count == 0)
        {
            yield break;
        }

        var last = points.Max(p => p.N);
        var isFirst = true;
        foreach (var fit in CurveFit.Both(points, seed))
        {
            var peak = fit.Peak is { } at ? Analysis.Interval(at) : null;
            var heights = peak is null ? [] : new[] { peak.Value, peak.Low, Math.Min(peak.High, last) }
                .Select(n => fit.Curve.At(Math.Max(1, n))).ToArray();
            yield return new LabFit(
                model,
                fit.Kind,
                isFirst,
                double.IsFinite(fit.Aicc) ? Math.Round(fit.Aicc, 3) : double.MaxValue,
                [.. fit.Parameters.Select(p => new LabParameter(p.Name, Analysis.Interval(p.Value)))],
                peak,
                peak is null ? null : new LabInterval(heights[0], heights.Min(), heights.Max()),
                Text(fit, last));
            isFirst = false;
        }
    }

    private static string Text(CurveFit fit, double last)
    {
        if (fit.Peak is not { } peak)
        {
            return Text($"no peak seen up to {last:0.#} connections")
                + (fit.Curve.Peak <= Foresight * last ? Text($"; the curve has it at {fit.Curve.Peak:0.#}") : "");
        }

        var height = fit.Curve.At(Math.Max(1, peak.Value));
        return fit.Kind == CurveFit.Law
            ? Text($"highest at {peak.Value:0.#} connections [{peak.Low:0.#}, {Bounded(peak.High)}]: {height:0.#}/s")
            : Text($"saturated from {Math.Max(1, peak.Value):0.#} connections on: {height:0.#}/s");
    }

    private static string Bounded(double value) => double.IsFinite(value) ? Text($"{value:0.#}") : "more";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
