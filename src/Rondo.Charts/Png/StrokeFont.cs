using System.Globalization;
using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Png;

/// <summary>
/// Letters as lines of a pen, as wide as <see cref="TextMetrics"/> says: a picture of pixels has no fonts to ask for.
/// A character that it lacks is a box.
/// </summary>
internal static partial class StrokeFont
{
    private const double CapitalHeight = 0.72;
    private const double CapitalUnits = 14;
    private const double Pen = 0.085;
    private const double BoldPen = 0.125;
    private const int CurveSteps = 6;

    private static readonly Dictionary<int, ScenePoint[][]> Glyphs = Parse();

    /// <summary>How thick the pen is, in units of the size.</summary>
    public static double PenWidth(double size, bool isBold) => size * (isBold ? BoldPen : Pen);

    /// <summary>The lines of a text whose base line starts at a point.</summary>
    public static IEnumerable<ScenePoint[]> Lines(string text, ScenePoint start, double size, bool isBold)
    {
        var x = start.X;
        var unit = size * CapitalHeight / CapitalUnits;
        foreach (var rune in text.EnumerateRunes())
        {
            var advance = TextMetrics.Proportional.Width(rune.ToString(), size, isBold);
            var isBlank = TextMetrics.Cells(rune) == 0 || Rune.IsWhiteSpace(rune);
            var glyph = isBlank ? [] : Glyphs.GetValueOrDefault(rune.Value, Box);
            if (glyph.Length > 0)
            {
                var (low, high) = (glyph.Min(l => l.Min(p => p.X)), glyph.Max(l => l.Max(p => p.X)));
                var left = x + ((advance - ((low + high) * unit)) / 2);
                foreach (var line in glyph)
                {
                    yield return [.. line.Select(p => new ScenePoint(left + (p.X * unit), start.Y - (p.Y * unit)))];
                }
            }

            x += advance;
        }
    }

    private static Dictionary<int, ScenePoint[][]> Parse()
    {
        var glyphs = new Dictionary<int, ScenePoint[][]>();
        foreach (var line in Drawn.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var rune = Rune.GetRuneAt(line, 0);
            glyphs[rune.Value] = Shape(line[(rune.Utf16SequenceLength + 1)..]);
        }

        foreach (var (alias, known) in Aliases)
        {
            glyphs[alias] = glyphs[known];
        }

        return glyphs;
    }

    private static ScenePoint[][] Shape(string text) =>
        [.. text.Split(';', StringSplitOptions.TrimEntries).Select(stroke => Curve(
            stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    // A point with a tilde bends the line towards itself and is not on it: the control point of a quadratic curve.
    private static ScenePoint[] Curve(string[] words)
    {
        var points = new List<ScenePoint> { Point(words[0]) };
        for (var i = 1; i < words.Length; i++)
        {
            if (!words[i].StartsWith('~'))
            {
                points.Add(Point(words[i]));
                continue;
            }

            var (from, bend, to) = (points[^1], Point(words[i][1..]), Point(words[i + 1]));
            for (var step = 1; step <= CurveSteps; step++)
            {
                var t = step / (double)CurveSteps;
                points.Add(new ScenePoint(Bezier(from.X, bend.X, to.X, t), Bezier(from.Y, bend.Y, to.Y, t)));
            }

            i++;
        }

        return [.. points];
    }

    private static double Bezier(double from, double bend, double to, double t) =>
        ((1 - t) * (1 - t) * from) + (2 * t * (1 - t) * bend) + (t * t * to);

    private static ScenePoint Point(string word)
    {
        var comma = word.IndexOf(',', StringComparison.Ordinal);
        return new ScenePoint(
            double.Parse(word.AsSpan(0, comma), CultureInfo.InvariantCulture),
            double.Parse(word.AsSpan(comma + 1), CultureInfo.InvariantCulture));
    }
}
