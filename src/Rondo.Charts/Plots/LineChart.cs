using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>
/// Series over an axis: measured points with their intervals, predictions dotted, every line told by its name. Values
/// that have no place on their axis (not a number, infinite, none above zero on a log axis) interrupt the line.
/// </summary>
/// <param name="Title">What the chart is.</param>
/// <param name="Description">What it shows.</param>
/// <param name="X">The axis along it.</param>
/// <param name="Y">The axis up it.</param>
/// <param name="Series">What is compared.</param>
internal sealed record LineChart(
    string Title, string Description, ChartAxis X, ChartAxis Y, IReadOnlyList<LineSeries> Series)
{
    private const int MostMarkers = 60;
    private const double MarkerRadius = 3.4;
    private const double RingRadius = 7;

    /// <summary>A part of the axis that something is said of.</summary>
    public ChartBand? Band { get; init; }

    /// <summary>What could at best be, dotted in grey.</summary>
    public IReadOnlyList<LinePoint> Ideal { get; init; } = [];

    public Scene Draw(ChartSize size)
    {
        var names = new SeriesNames(size, Series);
        var all = Series.SelectMany(s => s.Points.Concat(s.Predicted)).Concat(Ideal).ToList();
        var frame = new PlotFrame(
            size,
            X,
            Y,
            all.Select(p => p.X),
            all.SelectMany(p => new[] { p.Y, p.Low ?? p.Y, p.High ?? p.Y }),
            names.RightRoom);
        List<SceneElement> elements = [.. frame.Axes()];
        if (Band is { } band)
        {
            elements.InsertRange(0, band.Draw(size, frame));
            elements.AddRange(band.Words(size, frame));
        }

        elements.AddRange(Lines(frame, Ideal, new SceneStroke(ColorRole.Muted, 1, DashStyle.Dotted)));
        elements.AddRange(Series.Select(s => Line(frame, s)));
        elements.AddRange(names.Draw(frame, s => End(frame, s)));
        if (!all.Exists(p => frame.Holds(p.X, p.Y)))
        {
            elements.Add(frame.Nothing());
        }

        return new Scene(size.Width, size.Height + names.Below, Title, Description, elements);
    }

    private SceneGroup Line(PlotFrame frame, LineSeries series)
    {
        var style = SeriesStyle.Of(series.Index);
        List<SceneElement> elements =
        [
            .. Lines(frame, series.Predicted, new SceneStroke(style.Line, 1.4, DashStyle.Dotted)),
            .. Lines(frame, series.Points, new SceneStroke(style.Line, 2, style.Dash)),
        ];
        var points = Visible(frame, series.Points);
        foreach (var point in points.Where(p => p.Low is { } low && p.High is { } high && frame.Holds(p.X, low)
            && frame.Holds(p.X, high)))
        {
            elements.Add(new SceneLine(
                frame.At(point.X, point.Low!.Value), frame.At(point.X, point.High!.Value),
                new SceneStroke(style.Line, 1)));
        }

        elements.AddRange(points.Select(p =>
            new SceneMarker(frame.At(p.X, p.Y), style.Marker, MarkerRadius, style.Line) { Tooltip = Says(series, p) }));
        if (series.Ring is { } ring && frame.Holds(ring.X, ring.Y))
        {
            elements.Add(new SceneMarker(frame.At(ring.X, ring.Y), MarkerShape.Ring, RingRadius, style.Line));
        }

        return new SceneGroup(elements) { Key = series.Key };
    }

    private static IEnumerable<SceneElement> Lines(PlotFrame frame, IReadOnlyList<LinePoint> points, SceneStroke stroke)
    {
        var thin = Thinning.Thin(points, frame.PlaceX, (int)(frame.Right - frame.Left));
        var line = new List<ScenePoint>();
        foreach (var point in thin)
        {
            if (frame.Holds(point.X, point.Y))
            {
                line.Add(frame.At(point.X, point.Y));
            }
            else if (line.Count > 0)
            {
                yield return new ScenePath(line) { Stroke = stroke };
                line = [];
            }
        }

        if (line.Count > 0)
        {
            yield return new ScenePath(line) { Stroke = stroke };
        }
    }

    // Many markers would hide their line; a point alone has no line.
    private static IReadOnlyList<LinePoint> Visible(PlotFrame frame, IReadOnlyList<LinePoint> points)
    {
        var held = new List<LinePoint>();
        for (var i = 0; i < points.Count; i++)
        {
            var isAlone = !Held(i - 1) && !Held(i + 1);
            if (Held(i) && (points.Count <= MostMarkers || isAlone) && held.Count < MostMarkers)
            {
                held.Add(points[i]);
            }
        }

        return held;

        bool Held(int i) => i >= 0 && i < points.Count && frame.Holds(points[i].X, points[i].Y);
    }

    private static ScenePoint? End(PlotFrame frame, LineSeries series)
    {
        var points = series.Points.Any(p => frame.Holds(p.X, p.Y)) ? series.Points : series.Predicted;
        var last = points.LastOrDefault(p => frame.Holds(p.X, p.Y), new LinePoint(double.NaN, double.NaN));
        return double.IsNaN(last.X) ? null : frame.At(last.X, last.Y);
    }

    private string Says(LineSeries series, LinePoint point)
    {
        var name = LabelText.Clean(series.Name);
        var interval = point is { Low: { } low, High: { } high } ? $" ({Y.Format(low)} to {Y.Format(high)})" : "";
        return (name.Length > 0 ? name + ": " : "") + Y.Format(point.Y) + interval
            + (X.Kind == AxisKind.Percentile ? " at " : " with ") + X.Format(point.X)
            + (X.Kind == AxisKind.Percentile ? "" : " " + X.Title);
    }
}
