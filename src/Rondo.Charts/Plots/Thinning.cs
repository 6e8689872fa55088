namespace Rondo.Charts.Plots;

/// <summary>Makes long series short without losing what is seen of them.</summary>
internal static class Thinning
{
    /// <summary>
    /// Of the points in each of so many columns the first, the lowest, the highest and the last, in their order. Short
    /// series stay as they are; points without a value stay, as they are where the line breaks.
    /// </summary>
    public static IReadOnlyList<LinePoint> Thin(
        IReadOnlyList<LinePoint> points, Func<double, double> place, int columns)
    {
        if (points.Count <= columns * 2)
        {
            return points;
        }

        var kept = new List<LinePoint>();
        for (var start = 0; start < points.Count;)
        {
            var column = Column(points[start]);
            var (end, low, high) = (start, start, start);
            for (; end < points.Count && Column(points[end]) == column; end++)
            {
                low = points[end].Y < points[low].Y ? end : low;
                high = points[end].Y > points[high].Y ? end : high;
            }

            foreach (var index in new SortedSet<int> { start, low, high, end - 1 })
            {
                kept.Add(points[index]);
            }

            start = end;
        }

        return kept;

        int Column(LinePoint point) =>
            double.IsFinite(point.Y) ? (int)Math.Floor(place(point.X) * columns) : int.MinValue;
    }
}
