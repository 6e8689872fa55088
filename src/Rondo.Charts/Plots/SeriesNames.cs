using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>
/// The names of series: each beside the end of its line, or all below the plot where there is no room.
/// </summary>
internal sealed class SeriesNames
{
    private const double Leader = 26;
    private const double Sample = 30;
    private const double Between = 18;
    private const double LargestShare = 0.36;

    private readonly ChartSize _size;
    private readonly IReadOnlyList<LineSeries> _series;

    public SeriesNames(ChartSize size, IReadOnlyList<LineSeries> series)
    {
        (_size, _series) = (size, [.. series.Where(s => s.Name.Length > 0)]);
        var widest = _series.Select(Width).DefaultIfEmpty(0).Max();
        var fits = _series.Count * size.Line * 0.9 < size.Height - (size.Line * 4);
        IsBeside = _series.Count > 0 && fits && !size.IsNarrow && widest + Leader < size.Width * LargestShare;
        RightRoom = IsBeside ? widest + Leader + 4 : size.IsTerminal ? 16 : 10;
    }

    /// <summary>Whether they stand beside the lines.</summary>
    public bool IsBeside { get; }

    /// <summary>What they take at the right of the plot.</summary>
    public double RightRoom { get; }

    /// <summary>What they take below it.</summary>
    public double Below => IsBeside ? 0 : Math.Ceiling(_series.Count / (double)Columns) * _size.Line;

    private double CellWidth => Math.Min(
        _size.Width, _series.Select(Width).DefaultIfEmpty(0).Max() + Sample + Between);

    private int Columns => Math.Max(1, (int)((_size.Width + Between) / Math.Max(1, CellWidth)));

    /// <summary>The names, each in its series' group.</summary>
    /// <param name="frame">The plot.</param>
    /// <param name="end">Where the line of a series ends; null if it has none.</param>
    public IEnumerable<SceneElement> Draw(PlotFrame frame, Func<LineSeries, ScenePoint?> end) =>
        IsBeside ? Beside(frame, end) : BelowPlot();

    private IEnumerable<SceneElement> Beside(PlotFrame frame, Func<LineSeries, ScenePoint?> end)
    {
        var named = _series.Where(s => end(s) is not null).ToList();
        var gap = _size.IsTerminal ? _size.Line : _size.Line * 0.95;
        var places = LabelSlots.Spread([.. named.Select(s => end(s)!.Value.Y)], gap, frame.Top, frame.Bottom);
        foreach (var (series, y) in named.Zip(places))
        {
            var (start, style) = (end(series)!.Value, SeriesStyle.Of(series.Index));
            var text = Name(series, new ScenePoint(frame.Right + Leader, y + (_size.FontSize * 0.35)), _size.Width);
            ScenePoint[] line =
            [
                start with { X = Math.Max(start.X, frame.Right) + 7 }, new(frame.Right + 15, y),
                new(frame.Right + 22, y),
            ];
            yield return Group(
                series,
                _size.IsTerminal ? [text] : [new ScenePath(line) { Stroke = new SceneStroke(style.Line, 1) }, text]);
        }
    }

    private IEnumerable<SceneElement> BelowPlot()
    {
        var rows = (int)Math.Ceiling(_series.Count / (double)Columns);
        for (var i = 0; i < _series.Count; i++)
        {
            var (x, y) = (i / rows * CellWidth, _size.Height + (i % rows * _size.Line) + (_size.Line * 0.5));
            var style = SeriesStyle.Of(_series[i].Index);
            var text = Name(
                _series[i], new ScenePoint(x + Sample, y + (_size.FontSize * 0.35)),
                CellWidth - Sample - (Between / 2));
            var stroke = new SceneStroke(style.Line, 2, style.Dash);
            yield return Group(
                _series[i],
                [
                    new ScenePath([new ScenePoint(x + 2, y), new ScenePoint(x + 22, y)]) { Stroke = stroke },
                    new SceneMarker(new ScenePoint(x + 12, y), style.Marker, 3.4, style.Line),
                    text,
                ]);
        }
    }

    private SceneText Name(LineSeries series, ScenePoint at, double room)
    {
        var suffix = series.Suffix is { } s ? _size.TextWidth(" " + s) : 0;
        var name = _size.Fit(series.Name, Math.Min(room, Limit) - suffix, isBold: true);
        return new SceneText(at, name, SeriesStyle.Of(series.Index).Label, _size.FontSize)
        {
            IsBold = true,
            Suffix = series.Suffix,
        };
    }

    private double Limit => Math.Min(_size.Width - Sample, 280);

    private double Width(LineSeries series) => Math.Min(
        Limit,
        _size.TextWidth(LabelText.Clean(series.Name), isBold: true)
            + (series.Suffix is { } suffix ? _size.TextWidth(" " + suffix) : 0));

    private static SceneGroup Group(LineSeries series, IReadOnlyList<SceneElement> elements) =>
        new(elements) { Key = series.Key };
}
