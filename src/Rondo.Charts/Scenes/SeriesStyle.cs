namespace Rondo.Charts.Scenes;

/// <summary>How a series looks wherever it appears: colour, marker and dash tell it, each alone.</summary>
/// <param name="Line">The colour of its marks.</param>
/// <param name="Label">The colour of its name.</param>
/// <param name="Marker">The form of its points.</param>
/// <param name="Dash">The pattern of its line.</param>
internal readonly record struct SeriesStyle(ColorRole Line, ColorRole Label, MarkerShape Marker, DashStyle Dash)
{
    private const int Shapes = 8;

    private static readonly DashStyle[] Dashes =
        [DashStyle.Solid, DashStyle.DashDotted, DashStyle.Solid, DashStyle.LongDashed, DashStyle.Dashed];

    /// <summary>
    /// The style of the series with a number from 0. Past the eighth the colours come again in other forms.
    /// </summary>
    public static SeriesStyle Of(int index)
    {
        var (round, place) = (index / Palette.SeriesCount, index % Palette.SeriesCount);
        return new SeriesStyle(
            ColorRole.Series1 + place,
            ColorRole.Label1 + place,
            (MarkerShape)((place + (3 * round)) % Shapes),
            Dashes[(place + (2 * round)) % Dashes.Length]);
    }
}
