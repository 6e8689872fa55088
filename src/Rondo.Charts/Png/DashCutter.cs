using Rondo.Charts.Scenes;

namespace Rondo.Charts.Png;

/// <summary>Cuts lines into the dashes of a pattern.</summary>
internal static class DashCutter
{
    /// <summary>The parts that are drawn; the line itself without a pattern.</summary>
    public static IEnumerable<IReadOnlyList<ScenePoint>> Cut(
        IReadOnlyList<ScenePoint> points, DashStyle style, double scale)
    {
        double[] pattern = [.. DashPattern.Of(style).ToArray().Select(p => p * scale)];
        return pattern.Length == 0 ? [points] : Parts(points, pattern);
    }

    private static IEnumerable<IReadOnlyList<ScenePoint>> Parts(IReadOnlyList<ScenePoint> points, double[] pattern)
    {
        var (step, left) = (0, pattern[0]);
        var part = new List<ScenePoint> { points[0] };
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            var length = Math.Sqrt(Square(to.X - from.X) + Square(to.Y - from.Y));
            var done = 0.0;
            while (length - done > left)
            {
                done += left;
                var cut = new ScenePoint(
                    from.X + ((to.X - from.X) * done / length), from.Y + ((to.Y - from.Y) * done / length));
                if (step % 2 == 0)
                {
                    part.Add(cut);
                    yield return part;
                }

                part = [cut];
                step = (step + 1) % pattern.Length;
                left = pattern[step];
            }

            left -= length - done;
            part.Add(to);
        }

        if (step % 2 == 0)
        {
            yield return part;
        }
    }

    private static double Square(double value) => value * value;
}
