using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Terminal;

/// <summary>
/// Draws a scene that was laid out in cells: lines as braille dots, bars as blocks, heat as shades. Grid lines are left
/// out: dots have no hairlines.
/// </summary>
internal sealed class TerminalWriter
{
    private const double CellWidth = 8;
    private const double CellHeight = 16;
    private const double DotSize = 4;

    // What lies on the edge between two rows belongs to the upper one: the low end of a plot is in it.
    private const double Inside = 0.1;

    private readonly CellGrid _grid;
    private readonly TerminalOptions _options;
    private double _left;
    private double _top;

    private TerminalWriter(CellGrid grid, TerminalOptions options) => (_grid, _options) = (grid, options);

    /// <summary>The lines, each with its end.</summary>
    public static string Write(Scene scene, TerminalOptions options)
    {
        var grid = new CellGrid(
            (int)Math.Ceiling(scene.Width / CellWidth), (int)Math.Ceiling(scene.Height / CellHeight), options);
        var writer = new TerminalWriter(grid, options);

        // Dots first: letters and markers are not to be drawn over.
        writer.Elements(scene.Elements, areLines: true);
        writer.Elements(scene.Elements, areLines: false);
        return grid.Write();
    }

    private void Elements(IReadOnlyList<SceneElement> elements, bool areLines)
    {
        foreach (var element in elements)
        {
            switch (element)
            {
                case SceneGroup group:
                    (_left, _top) = (_left + group.OffsetX, _top + group.OffsetY);
                    Elements(group.Elements, areLines);
                    (_left, _top) = (_left - group.OffsetX, _top - group.OffsetY);
                    break;
                case ScenePath { Stroke: { } stroke } path when areLines:
                    Path(path.Points, stroke);
                    break;
                case SceneLine { Stroke.Role: ColorRole.Axis } line when !areLines:
                    Axis(line);
                    break;
                case SceneLine { Stroke.Role: >= ColorRole.Series1 } line when areLines:
                    Path([line.From, line.To], line.Stroke);
                    break;
                case SceneRect rect when areLines:
                    Rect(rect);
                    break;
                case SceneMarker marker when !areLines:
                    Marker(marker);
                    break;
                case SceneText text when !areLines:
                    Text(text);
                    break;
            }
        }
    }

    private void Path(IReadOnlyList<ScenePoint> points, SceneStroke stroke)
    {
        var pattern = DashPattern.Of(stroke.Dash);
        var total = 0.0;
        foreach (var part in pattern)
        {
            total += part;
        }

        var done = 0;
        for (var i = 0; i + 1 < points.Count; i++)
        {
            var ((x, y), (endX, endY)) = (Dot(points[i]), Dot(points[i + 1]));
            var steps = Math.Max(1, Math.Max(Math.Abs(endX - x), Math.Abs(endY - y)));
            for (var step = 0; step <= steps; step++, done++)
            {
                if (IsDrawn(pattern, total, done * DotSize))
                {
                    _grid.Dot(x + ((endX - x) * step / steps), y + ((endY - y) * step / steps), stroke.Role);
                }
            }
        }
    }

    private static bool IsDrawn(ReadOnlySpan<double> pattern, double total, double at)
    {
        at = total > 0 ? at % total : 0;
        for (var i = 0; i < pattern.Length; at -= pattern[i++])
        {
            if (at < pattern[i])
            {
                return i % 2 == 0;
            }
        }

        return true;
    }

    private void Axis(SceneLine line)
    {
        var ((from, row), (to, _)) = (Cell(line.From), Cell(line.To));
        row = (int)Math.Floor((line.From.Y + _top) / CellHeight);
        for (var column = from; column <= to && line.From.Y == line.To.Y; column++)
        {
            _grid.Put(column, row, new Rune(_options.IsAscii ? '-' : '─'), ColorRole.Axis);
        }
    }

    private void Rect(SceneRect rect)
    {
        if (rect.Fill >= ColorRole.Heat1)
        {
            Heat(rect, rect.Fill - ColorRole.Heat1 + 1);
        }
        else if (rect.Fill is >= ColorRole.Bad && rect.Width > 0)
        {
            Bar(rect);
        }
    }

    private void Heat(SceneRect rect, int step)
    {
        var (left, right) = Covered(rect.X + _left, rect.Width, CellWidth);
        var (top, bottom) = Covered(rect.Y + _top, rect.Height, CellHeight / 2);
        for (var half = top; half <= bottom; half++)
        {
            for (var column = left; column <= right; column++)
            {
                _grid.Shade(column, half, step);
            }
        }
    }

    // The steps whose middle lies within; at least the one in which the middle of what is covered lies.
    private static (int First, int Last) Covered(double start, double length, double step)
    {
        var (first, last) =
            ((int)Math.Ceiling((start / step) - 0.5), (int)Math.Ceiling(((start + length) / step) - 0.5) - 1);
        var middle = (int)Math.Floor((start + (length / 2)) / step);
        return last >= first ? (first, last) : (middle, middle);
    }

    private void Bar(SceneRect rect)
    {
        var row = (int)Math.Floor((rect.Y + _top + (rect.Height / 2)) / CellHeight);
        var (left, right) = ((rect.X + _left) / CellWidth, (rect.X + _left + rect.Width) / CellWidth);
        for (var column = (int)Math.Floor(left + 1e-6); column < right - 1e-6; column++)
        {
            var share = Math.Min(right, column + 1) - Math.Max(left, column);
            _grid.Put(
                column,
                row,
                new Rune(TerminalGlyphs.Bar(share, rect.Fill == ColorRole.Bad, _options.IsAscii)),
                rect.Fill);
        }
    }

    private void Marker(SceneMarker marker)
    {
        // A ring would hide the very point that it is around.
        if (marker.Shape != MarkerShape.Ring)
        {
            var (column, row) = Cell(marker.At);
            _grid.Put(column, row, new Rune(TerminalGlyphs.Marker(marker.Shape, _options.IsAscii)), marker.Role);
        }
    }

    private void Text(SceneText text)
    {
        Rune[] own = [.. text.Content.EnumerateRunes()];
        Rune[] runes = text.Suffix is { } suffix ? [.. own, .. $" {suffix}".EnumerateRunes()] : own;
        var cells = runes.Sum(TextMetrics.Cells);
        var (x, row) = ((text.At.X + _left) / CellWidth, Cell(text.At with { Y = text.At.Y - (0.35 * text.Size) }).Row);
        var column = (int)Math.Round(text.Anchor switch
        {
            TextAnchor.End => x - cells,
            TextAnchor.Middle => x - (cells / 2.0),
            _ => x,
        });
        for (var i = 0; i < runes.Length; i++)
        {
            _grid.Put(column, row, runes[i], i < own.Length ? text.Role : ColorRole.Muted);
            column += TextMetrics.Cells(runes[i]);
        }
    }

    private (int X, int Y) Dot(ScenePoint point) => (
        (int)Math.Floor((point.X + _left) / DotSize), (int)Math.Floor((point.Y + _top - Inside) / DotSize));

    private (int Column, int Row) Cell(ScenePoint point) => (
        (int)Math.Floor((point.X + _left) / CellWidth), (int)Math.Floor((point.Y + _top - Inside) / CellHeight));
}
