using Rondo.Charts.Scales;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>The rectangle in which values are drawn, with its axes.</summary>
internal sealed class PlotFrame
{
    private const double Gap = 10;

    private readonly ChartSize _size;
    private readonly ChartAxis _x;
    private readonly ChartAxis _y;
    private readonly IScale _xScale;
    private readonly IScale _yScale;
    private readonly IReadOnlyList<Tick> _xTicks;
    private readonly IReadOnlyList<Tick> _yTicks;
    private readonly double _figures;

    /// <summary>A frame for values.</summary>
    /// <param name="size">The room of the whole chart.</param>
    /// <param name="x">What lies along it.</param>
    /// <param name="y">What lies up it.</param>
    /// <param name="xs">The values along it.</param>
    /// <param name="ys">The values up it.</param>
    /// <param name="rightRoom">What stays free at the right for names.</param>
    public PlotFrame(
        ChartSize size, ChartAxis x, ChartAxis y, IEnumerable<double> xs, IEnumerable<double> ys,
        double rightRoom = Gap)
    {
        (_size, _x, _y) = (size, x, y);
        Top = size.IsTerminal ? size.Line + 4 : Math.Round(size.Line * 1.5);
        Bottom = Math.Round(size.Height - (size.Line * (size.IsTerminal ? 3 : x.Title.Length > 0 ? 2.5 : 1.6)));
        var rows = Math.Max(3, (int)((Bottom - Top) / (size.Line * 2)));
        _yScale = y.Scale(ys, rows);
        _yTicks = y.Ticks(_yScale, rows);
        var widest =
            _yTicks.Where(t => !t.IsMinor).Select(t => size.TextWidth(y.Format(t.Value))).DefaultIfEmpty(0).Max();
        _figures = Math.Min(widest, size.Width / 3);
        Left = Math.Ceiling((_figures + Gap) / Step) * Step;
        Right = Math.Max(Left + 1, Math.Floor((size.Width - rightRoom) / Step) * Step);
        var columns = Math.Max(2, (int)((Right - Left) / 90));
        _xScale = x.Scale(xs, columns);
        _xTicks = x.Ticks(_xScale, columns);
    }

    public double Left { get; }

    public double Right { get; }

    public double Top { get; }

    public double Bottom { get; }

    /// <summary>Whether a point has a place here.</summary>
    public bool Holds(double x, double y) => _xScale.Holds(x) && _yScale.Holds(y);

    /// <summary>From 0 at the left to 1 at the right; what has no place is at the end that it is beyond.</summary>
    public double PlaceX(double x) =>
        _xScale.Holds(x) ? Math.Clamp(_xScale.Place(x), 0, 1) : x > _xScale.Low ? 1 : 0;

    public double X(double x) => Left + (PlaceX(x) * (Right - Left));

    public double Y(double y) => Bottom - (Math.Clamp(_yScale.Place(y), 0, 1) * (Bottom - Top));

    public ScenePoint At(double x, double y) => new(X(x), Y(y));

    /// <summary>Grid, axis and figures: what lies below the values.</summary>
    public IEnumerable<SceneElement> Axes()
    {
        foreach (var tick in _yTicks.Where(t => !t.IsMinor || !_y.IsTight))
        {
            var y = Math.Round(Y(tick.Value));
            yield return Line(Left, y, Right, y, tick.IsMinor ? ColorRole.GridMinor : ColorRole.Grid);
        }

        foreach (var tick in _xTicks.Where(t => !t.IsMinor))
        {
            var x = Math.Round(X(tick.Value));
            yield return Line(x, Top, x, Bottom, ColorRole.GridMinor);
            yield return Line(x, Bottom, x, Bottom + 4, ColorRole.Axis);
        }

        yield return Line(Left, Bottom, Right, Bottom, ColorRole.Axis);
        foreach (var text in YFigures().Concat(XFigures()))
        {
            yield return text;
        }

        yield return Text(
            new ScenePoint(0, _size.Line * 0.8), _size.Fit(_y.Title, _size.Width), TextAnchor.Start);
        if (_x.Title.Length > 0)
        {
            yield return Text(
                new ScenePoint((Left + Right) / 2, Bottom + (_size.Line * (_size.IsTerminal ? 2.85 : 2.1))),
                _size.Fit(_x.Title, _size.Width),
                TextAnchor.Middle);
        }
    }

    /// <summary>What is said where there is nothing to draw.</summary>
    public SceneElement Nothing() =>
        Text(new ScenePoint((Left + Right) / 2, (Top + Bottom) / 2), "no data", TextAnchor.Middle);

    private IEnumerable<SceneText> YFigures()
    {
        var free = double.PositiveInfinity;
        foreach (var tick in _yTicks.Where(t => !t.IsMinor))
        {
            var y = Y(tick.Value);
            if (y <= free)
            {
                free = y - (_size.Line * 0.95);
                yield return Text(
                    new ScenePoint(Left - (Gap * 0.8), y + (_size.FontSize * 0.35)),
                    _size.Fit(_y.Format(tick.Value), _figures + 1),
                    TextAnchor.End);
            }
        }
    }

    private IEnumerable<SceneText> XFigures()
    {
        var figures = _xTicks.Where(t => !t.IsMinor).Select(t => (X: X(t.Value), Text: _x.Format(t.Value))).ToList();
        var stride = Enumerable.Range(1, Math.Max(1, figures.Count)).First(s => !Collide(figures, s));
        for (var i = 0; i < figures.Count; i += stride)
        {
            var half = _size.TextWidth(figures[i].Text) / 2;
            var x = Math.Clamp(figures[i].X, half, Math.Max(half, _size.Width - half));
            yield return Text(
                new ScenePoint(x, Bottom + (_size.Line * (_size.IsTerminal ? 1.85 : 1))), figures[i].Text,
                TextAnchor.Middle);
        }
    }

    private bool Collide(List<(double X, string Text)> figures, int stride)
    {
        for (var i = stride; i < figures.Count; i += stride)
        {
            var (left, right) = (figures[i - stride], figures[i]);
            if (left.X + ((_size.TextWidth(left.Text) + _size.TextWidth(right.Text)) / 2) + Gap > right.X)
            {
                return true;
            }
        }

        return false;
    }

    private SceneText Text(ScenePoint at, string text, TextAnchor anchor) =>
        new(at, text, ColorRole.Muted, _size.FontSize) { Anchor = anchor };

    private static SceneLine Line(double x1, double y1, double x2, double y2, ColorRole role) =>
        new(new ScenePoint(x1, y1), new ScenePoint(x2, y2), new SceneStroke(role, 1));

    // Cells of a terminal are not cut.
    private double Step => _size.IsTerminal ? 8 : 1;
}
