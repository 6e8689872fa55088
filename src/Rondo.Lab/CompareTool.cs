using System.Globalization;
using System.Text.RegularExpressions;
using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Load;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary><c>rondo lab compare</c>: two stored results, the earlier one first.</summary>
internal static partial class CompareTool
{
    /// <param name="earlier">A stored result.</param>
    /// <param name="later">A stored result.</param>
    /// <param name="failIf"><c>worse>5%</c>: exit 3 if a level is so much worse; null for never.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="error">Takes what went wrong.</param>
    public static int Run(string earlier, string later, string? failIf, TextWriter output, TextWriter error)
    {
        try
        {
            var limit = failIf is null ? double.PositiveInfinity : Limit(failIf);
            var (before, after) = (LabTool.Read(earlier), LabTool.Read(later));
            var comparisons = Comparison.Of(Analysis.Complete(before), Analysis.Complete(after));
            if (comparisons.Count == 0)
            {
                throw new ExperimentException("the two results have no model and number of connections in common");
            }

            if (before.Settings.Work != after.Settings.Work)
            {
                output.Write($"the work differs: {before.Settings.Work} and {after.Settings.Work}\n");
            }

            var table = new Table();
            table.Add("later / earlier", "conn", "requests/s", "interval", "p", "p99", "verdict");
            foreach (var c in comparisons)
            {
                table.Add(
                    c.Model,
                    Figure.Text($"{c.Connections}"),
                    Figure.Text($"{c.Ratio.Value:0.000}"),
                    Figure.Text($"[{c.Ratio.Low:0.000}, {c.Ratio.High:0.000}]"),
                    Figure.Text($"{c.PValue:0.####}"),
                    c.LatencyRatio is { } p99 ? Figure.Text($"{p99:0.000}") : Figure.None,
                    c.Change > 0 ? "better" : c.Change < 0 ? "worse" : "no difference shown");
            }

            output.Write(table.ToString());
            var worse = comparisons.Where(c => c.Change < 0 && c.Ratio.Value < 1 - limit).ToList();
            foreach (var c in worse)
            {
                error.WriteLine(Figure.Text(
                    $"rondo: {c.Model} at {c.Connections} connections serves {c.Ratio.Value:P1} of before"));
            }

            return worse.Count > 0 ? LoadExit.ThresholdMissed : LoadExit.Ok;
        }
        catch (ExperimentException e)
        {
            error.WriteLine("rondo: " + e.Message);
            return e.ExitCode;
        }
    }

    private static double Limit(string text) => Form().Match(text) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 100
        : throw new ExperimentException($"--fail-if: '{text}' is no limit such as worse>5%", LoadExit.Usage);

    [GeneratedRegex(@"^\s*worse\s*>\s*(\d+(?:\.\d+)?)\s*%\s*$")]
    private static partial Regex Form();
}
