using Rondo.Charts.Scenes;

namespace Rondo.Charts.Png;

/// <summary>Draws a scene as a PNG file: the same scene, the same bytes.</summary>
internal sealed class PngWriter
{
    // Two pixels to a unit: sharp on screens of today and in print.
    private const double DefaultScale = 2;
    private const double MostPixels = 64e6;
    private const double Halo = 4;

    private readonly Raster _raster;
    private readonly double _scale;
    private readonly bool _isDark;
    private double _left;
    private double _top;

    private PngWriter(Raster raster, double scale, bool isDark) => (_raster, _scale, _isDark) = (raster, scale, isDark);

    /// <summary>The file.</summary>
    /// <param name="scene">What is drawn. Scenes too large for a picture are drawn with fewer pixels to a unit.</param>
    /// <param name="isDark">Whether in the colours of a dark screen.</param>
    /// <param name="scale">Pixels to a unit.</param>
    public static byte[] Write(Scene scene, bool isDark = false, double scale = DefaultScale)
    {
        scale = Math.Min(scale, Math.Sqrt(MostPixels / Math.Max(1, scene.Width * scene.Height)));
        var raster = new Raster(
            Math.Max(1, (int)Math.Ceiling(scene.Width * scale)),
            Math.Max(1, (int)Math.Ceiling(scene.Height * scale)),
            Palette.Color(ColorRole.Background, isDark));
        new PngWriter(raster, scale, isDark).Elements(scene.Elements);
        return PngEncoder.Encode(raster, scene.Title, scale);
    }

    private void Elements(IReadOnlyList<SceneElement> elements)
    {
        foreach (var element in elements)
        {
            Element(element);
        }
    }

    private void Element(SceneElement element)
    {
        switch (element)
        {
            case SceneGroup group:
                (_left, _top) = (_left + group.OffsetX, _top + group.OffsetY);
                Elements(group.Elements);
                (_left, _top) = (_left - group.OffsetX, _top - group.OffsetY);
                break;
            case SceneLine line:
                Line(line);
                break;
            case SceneRect rect:
                _raster.Fill(Outline(rect), Color(rect.Fill));
                break;
            case ScenePath path:
                Path(path);
                break;
            case SceneMarker marker:
                Marker(marker);
                break;
            case SceneText text:
                Text(text);
                break;
        }
    }

    // Upright lines are whole pixels: half ones would be two grey ones.
    private void Line(SceneLine line)
    {
        var (from, to) = (At(line.From), At(line.To));
        var width = Math.Max(1, Math.Round(line.Stroke.Width * _scale));
        if (line.Stroke.Dash != DashStyle.Solid || (from.X != to.X && from.Y != to.Y))
        {
            Stroke([from, to], line.Stroke);
        }
        else if (from.X == to.X)
        {
            var left = Math.Round(from.X - (width / 2));
            _raster.Fill(
                Corners(left, Math.Min(from.Y, to.Y), left + width, Math.Max(from.Y, to.Y)), Color(line.Stroke.Role));
        }
        else
        {
            var top = Math.Round(from.Y - (width / 2));
            _raster.Fill(
                Corners(Math.Min(from.X, to.X), top, Math.Max(from.X, to.X), top + width), Color(line.Stroke.Role));
        }
    }

    private void Path(ScenePath path)
    {
        ScenePoint[] points = [.. path.Points.Select(At)];
        if (path.Fill is { } fill)
        {
            _raster.Fill(points, Color(fill));
        }

        if (path.Stroke is { } stroke)
        {
            Stroke(points, stroke);
        }
    }

    private void Marker(SceneMarker marker)
    {
        var outline = MarkerOutline.Of(marker);
        if (outline.IsStroked)
        {
            _raster.Stroke(
                outline.Lines.Select(l => l.Select(At).ToArray()), outline.Width * _scale, Color(marker.Role));
        }
        else
        {
            _raster.Fill([.. outline.Lines[0].Select(At)], Color(marker.Role));
        }
    }

    private void Text(SceneText text)
    {
        var own = TextMetrics.Proportional.Width(text.Content, text.Size, text.IsBold);
        var suffix = text.Suffix is null ? "" : " " + text.Suffix;
        var width = own + TextMetrics.Proportional.Width(suffix, text.Size);
        var left = text.At.X - (text.Anchor switch { TextAnchor.End => width, TextAnchor.Middle => width / 2, _ => 0 });
        if (text.HasHalo)
        {
            Letters(text.Content, left, text.IsBold, ColorRole.Background, Halo * _scale);
        }

        Letters(text.Content, left, text.IsBold, text.Role);
        Letters(suffix, left + own, isBold: false, ColorRole.Muted);

        void Letters(string letters, double x, bool isBold, ColorRole role, double around = 0) => _raster.Stroke(
            StrokeFont.Lines(letters, At(text.At with { X = x }), text.Size * _scale, isBold),
            StrokeFont.PenWidth(text.Size * _scale, isBold) + around,
            Color(role));
    }

    private void Stroke(IReadOnlyList<ScenePoint> points, SceneStroke stroke) =>
        _raster.Stroke(DashCutter.Cut(points, stroke.Dash, _scale), stroke.Width * _scale, Color(stroke.Role));

    private IReadOnlyList<ScenePoint> Outline(SceneRect rect)
    {
        var (from, to) =
            (At(new ScenePoint(rect.X, rect.Y)), At(new ScenePoint(rect.X + rect.Width, rect.Y + rect.Height)));
        var radius = Math.Min(rect.Radius, Math.Min(rect.Width, rect.Height) / 2) * _scale;
        return radius <= 0 ? Corners(from.X, from.Y, to.X, to.Y) :
        [
            .. Arc(to.X - radius, from.Y + radius, -1), .. Arc(to.X - radius, to.Y - radius, 0),
            .. Arc(from.X + radius, to.Y - radius, 1), .. Arc(from.X + radius, from.Y + radius, 2),
        ];

        IEnumerable<ScenePoint> Arc(double x, double y, int quarter) => Enumerable.Range(0, 7)
            .Select(i => (quarter + (i / 6.0)) * Math.PI / 2)
            .Select(a => new ScenePoint(x + (radius * Math.Cos(a)), y + (radius * Math.Sin(a))));
    }

    private static ScenePoint[] Corners(double left, double top, double right, double bottom) =>
        [new(left, top), new(right, top), new(right, bottom), new(left, bottom)];

    private ScenePoint At(ScenePoint point) => new((point.X + _left) * _scale, (point.Y + _top) * _scale);

    private SceneColor Color(ColorRole role) => Palette.Color(role, _isDark);
}
