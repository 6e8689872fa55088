namespace Rondo.Charts.Scenes;

/// <summary>A marker's form as lines.</summary>
/// <param name="IsStroked">Whether the lines are drawn; else the first is the edge of what is filled.</param>
/// <param name="Width">Of the lines, if they are drawn.</param>
/// <param name="Lines">The lines.</param>
internal sealed record MarkerOutline(bool IsStroked, double Width, IReadOnlyList<IReadOnlyList<ScenePoint>> Lines)
{
    private const int CircleSteps = 48;
    private const double StrokeWidth = 1.8;

    /// <summary>The outline of a marker; forms with corners reach further, so that all look of one size.</summary>
    public static MarkerOutline Of(SceneMarker marker)
    {
        var ((x, y), r) = (marker.At, marker.Radius);
        return marker.Shape switch
        {
            MarkerShape.Square => Filled((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
            MarkerShape.Triangle => Filled((0, -1.3), (1.15, 0.8), (-1.15, 0.8)),
            MarkerShape.TriangleDown => Filled((0, 1.3), (1.15, -0.8), (-1.15, -0.8)),
            MarkerShape.Diamond => Filled((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
            MarkerShape.Bar => Filled((-0.45, -1.3), (0.45, -1.3), (0.45, 1.3), (-0.45, 1.3)),
            MarkerShape.Cross => Drawn([At(-0.9, -0.9), At(0.9, 0.9)], [At(0.9, -0.9), At(-0.9, 0.9)]),
            MarkerShape.Plus => Drawn([At(-1.15, 0), At(1.15, 0)], [At(0, -1.15), At(0, 1.15)]),
            MarkerShape.Ring => new MarkerOutline(true, 1.5, [Circle()]),
            _ => new MarkerOutline(false, 0, [Circle()]),
        };

        MarkerOutline Filled(params (double X, double Y)[] corners) =>
            new(false, 0, [[.. corners.Select(c => At(c.X, c.Y))]]);

        MarkerOutline Drawn(params ScenePoint[][] lines) => new(true, StrokeWidth, lines);

        ScenePoint[] Circle() =>
        [
            .. Enumerable.Range(0, CircleSteps + 1).Select(i => Math.Tau * i / CircleSteps)
                .Select(a => At(Math.Cos(a), Math.Sin(a))),
        ];

        ScenePoint At(double dx, double dy) => new(x + (dx * r), y + (dy * r));
    }
}
