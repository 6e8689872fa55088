namespace Rondo.Charts.Scenes;

/// <summary>The patterns in units: drawn, left out, drawn ...</summary>
internal static class DashPattern
{
    public static ReadOnlySpan<double> Of(DashStyle style) => style switch
    {
        DashStyle.Dashed => [6, 4],
        DashStyle.DashDotted => [8, 4, 1, 4],
        DashStyle.LongDashed => [14, 4],
        DashStyle.Dotted => [1, 5],
        _ => [],
    };
}
