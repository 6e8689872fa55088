using System.Text;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports;

/// <summary>The lines that one experiment alone has, as text: a table for each chart, with some points of long lines.</summary>
internal static class SeriesTable
{
    private const int MostPoints = 8;

    public static string Write(IEnumerable<LabSeries> all)
    {
        var text = new StringBuilder();
        foreach (var chart in all.Where(s => !s.IsPredicted).GroupBy(s => s.Chart))
        {
            var (xLabel, yLabel) = (chart.First().XLabel, chart.First().YLabel);
            var columns = Some([.. chart.SelectMany(s => s.Points).Select(Column).Distinct().Order()]);
            var table = new Table();
            table.Add([$"{chart.Key}: {yLabel}", .. columns.Select(x => Figure.Text($"{x} {xLabel}"))]);
            foreach (var series in chart)
            {
                table.Add(["  " + series.Name, .. columns.Select(x => series.Points
                    .Where(p => Column(p) == x).Select(p => Figure.Number(p.Y)).LastOrDefault(Figure.None))]);
            }

            text.Append('\n').Append(table);
        }

        return text.ToString();
    }

    // Seconds are measured a little off.
    private static double Column(LabPoint point) => Math.Round(point.X);

    private static IReadOnlyList<double> Some(IReadOnlyList<double> all) => all.Count <= MostPoints
        ? all
        : [.. Enumerable.Range(0, MostPoints).Select(i => all[i * (all.Count - 1) / (MostPoints - 1)])];
}
