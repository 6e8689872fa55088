using Rondo.Charts.Plots;
using Rondo.Charts.Png;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;
using Rondo.Charts.Terminal;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports;

/// <summary>Every chart of a result, and the forms that they are given outside the page.</summary>
internal static class LabCharts
{
    private const int LeastColumns = 40;
    private const int MostColumns = 120;
    private const int TerminalRows = 22;

    /// <summary>The charts that the result has data for, in the order of the report.</summary>
    public static IReadOnlyList<LabChart> All(LabResult result)
    {
        var view = new ResultView(result);
        List<LabChart> charts = [];
        Add("throughput", ThroughputPlot.Of(view) is { } throughput ? throughput.Draw : null);
        Add("percentiles", PercentilePlot.Of(view) is { } percentiles ? percentiles.Draw : null);
        foreach (var (model, map) in HeatPlots.Of(view))
        {
            charts.Add(new LabChart(FileName("heat", model, charts), ChartSize.Half, map.Draw));
        }

        Add("turns", TurnPlot.Of(view) is { } turns ? turns.Draw : null);
        Add("costs", CostPlot.Of(view) is { } costs ? costs.Draw : null);
        foreach (var chart in SeriesPlots.Of(view))
        {
            charts.Add(new LabChart(FileName("series", chart.Title, charts), ChartSize.Wide, chart.Draw));
        }

        return charts;

        void Add(string name, Func<ChartSize, Scene>? draw)
        {
            if (draw is not null)
            {
                charts.Add(new LabChart(name, ChartSize.Wide, draw));
            }
        }
    }

    /// <summary>The files of <c>--svg</c>: name and content.</summary>
    public static IEnumerable<(string Name, string Content)> Svg(LabResult result) =>
        All(result).Select(c => (c.Name + ".svg", SvgWriter.Alone(Caption.Add(c.Draw(c.Size)))));

    /// <summary>The files of <c>--png</c>: name and content.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Png(LabResult result) =>
        All(result).Select(c => (c.Name + ".png", PngWriter.Write(Caption.Add(c.Draw(c.Size)))));

    /// <summary>The two plots that the terminal shows: throughput and percentiles, each below its title.</summary>
    /// <param name="result">What is shown.</param>
    /// <param name="columns">The width of the terminal.</param>
    /// <param name="isAscii">Whether nothing beyond ASCII may be written.</param>
    /// <param name="hasColor">Whether escape sequences may be written.</param>
    public static string Terminal(LabResult result, int columns, bool isAscii, bool hasColor)
    {
        var size = ChartSize.Terminal(Math.Clamp(columns, LeastColumns, MostColumns), TerminalRows);
        return string.Join(
            '\n', All(result).Where(c => c.Name is "throughput" or "percentiles").Select(c => c.Draw(size))
            .Select(s => s.Title + "\n\n" + TerminalWriter.Write(s, new TerminalOptions(isAscii, hasColor))));
    }

    // Of anything: a name that every file system takes, and no other chart has.
    private static string FileName(string kind, string name, List<LabChart> charts)
    {
        var plain =
            string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        var file = $"{kind}-{(plain.Length > 60 ? plain[..60] : plain)}".TrimEnd('-');
        return charts.Exists(c => c.Name == file) ? $"{file}-{charts.Count}" : file;
    }
}
