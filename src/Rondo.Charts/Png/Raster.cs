using Rondo.Charts.Scenes;

namespace Rondo.Charts.Png;

/// <summary>
/// A picture of pixels on which anti-aliased shapes are laid. A shape's parts are joined before it is laid down, so
/// that a line that crosses itself is no darker there.
/// </summary>
internal sealed class Raster
{
    private const int SubRows = 8;

    // More than an eye tells apart at an edge; fewer colours make smaller files.
    private const float Shades = 16;

    private readonly byte[] _pixels;
    private readonly float[] _coverage;

    public Raster(int width, int height, SceneColor ground)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[width * height * 3];
        _coverage = new float[width * height];
        for (var i = 0; i < _pixels.Length; i += 3)
        {
            (_pixels[i], _pixels[i + 1], _pixels[i + 2]) = (ground.Red, ground.Green, ground.Blue);
        }
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Red, green and blue of each pixel, row by row.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Fills what lies within the lines between points, by the even-odd rule.</summary>
    public void Fill(IReadOnlyList<ScenePoint> outline, SceneColor color)
    {
        var box = Box(outline, 0);
        var crossings = new List<double>();
        for (var row = box.Top; row < box.Bottom; row++)
        {
            for (var sub = 0; sub < SubRows; sub++)
            {
                Crossings(outline, row + ((sub + 0.5) / SubRows), crossings);
                for (var i = 0; i + 1 < crossings.Count; i += 2)
                {
                    Span(row, crossings[i], crossings[i + 1]);
                }
            }
        }

        Lay(box, color);
    }

    /// <summary>Draws lines of a width with round ends and joints.</summary>
    public void Stroke(IEnumerable<IReadOnlyList<ScenePoint>> lines, double width, SceneColor color)
    {
        var all = lines.Where(l => l.Count > 0).ToList();
        if (all.Count == 0)
        {
            return;
        }

        foreach (var line in all)
        {
            for (var i = 0; i < Math.Max(1, line.Count - 1); i++)
            {
                Segment(line[i], line[Math.Min(i + 1, line.Count - 1)], width);
            }
        }

        Lay(Box(all.SelectMany(l => l), (width / 2) + 1), color);
    }

    private static void Crossings(IReadOnlyList<ScenePoint> outline, double y, List<double> crossings)
    {
        crossings.Clear();
        for (var i = 0; i < outline.Count; i++)
        {
            var (from, to) = (outline[i], outline[(i + 1) % outline.Count]);
            if (from.Y <= y != to.Y <= y)
            {
                crossings.Add(from.X + ((y - from.Y) / (to.Y - from.Y) * (to.X - from.X)));
            }
        }

        crossings.Sort();
    }

    private void Span(int row, double left, double right)
    {
        (left, right) = (Math.Clamp(left, 0, Width), Math.Clamp(right, 0, Width));
        for (var x = (int)left; x < Math.Ceiling(right); x++)
        {
            var part = Math.Min(right, x + 1) - Math.Max(left, x);
            ref var coverage = ref _coverage[(row * Width) + x];
            coverage = Math.Min(1, coverage + (float)(part / SubRows));
        }
    }

    private void Segment(ScenePoint from, ScenePoint to, double width)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var square = (dx * dx) + (dy * dy);
        var box = Box([from, to], (width / 2) + 1);

        // Thinner than a pixel: fainter instead.
        var (reach, full) = ((Math.Max(1, width) / 2) + 0.5, Math.Min(1, width));
        for (var y = box.Top; y < box.Bottom; y++)
        {
            for (var x = box.Left; x < box.Right; x++)
            {
                var (px, py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
                var along = square > 0 ? Math.Clamp(((px * dx) + (py * dy)) / square, 0, 1) : 0;
                var (ex, ey) = (px - (along * dx), py - (along * dy));
                var covered = Math.Clamp(reach - Math.Sqrt((ex * ex) + (ey * ey)), 0, 1) * full;
                ref var coverage = ref _coverage[(y * Width) + x];
                coverage = Math.Max(coverage, (float)covered);
            }
        }
    }

    private void Lay((int Left, int Top, int Right, int Bottom) box, SceneColor color)
    {
        for (var y = box.Top; y < box.Bottom; y++)
        {
            for (var x = box.Left; x < box.Right; x++)
            {
                var place = (y * Width) + x;
                var share = MathF.Round(_coverage[place] * Shades) / Shades * color.Alpha / 255;
                _coverage[place] = 0;
                if (share > 0)
                {
                    Mix(ref _pixels[place * 3], color.Red, share);
                    Mix(ref _pixels[(place * 3) + 1], color.Green, share);
                    Mix(ref _pixels[(place * 3) + 2], color.Blue, share);
                }
            }
        }
    }

    private static void Mix(ref byte under, byte over, float share) =>
        under = (byte)(under + ((over - under) * share) + 0.5f);

    private (int Left, int Top, int Right, int Bottom) Box(IEnumerable<ScenePoint> points, double margin)
    {
        var (left, top, right, bottom) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        foreach (var (x, y) in points)
        {
            (left, top) = (Math.Min(left, x), Math.Min(top, y));
            (right, bottom) = (Math.Max(right, x), Math.Max(bottom, y));
        }

        return (
            (int)Math.Clamp(left - margin, 0, Width), (int)Math.Clamp(top - margin, 0, Height),
            (int)Math.Clamp(Math.Ceiling(right + margin), 0, Width),
            (int)Math.Clamp(Math.Ceiling(bottom + margin), 0, Height));
    }
}
