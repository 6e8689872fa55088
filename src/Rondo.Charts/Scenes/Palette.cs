namespace Rondo.Charts.Scenes;

/// <summary>
/// The colours of the roles on paper and on a dark screen. Series follow Okabe and Ito's set for the colour-blind, in
/// steps dark (or light) enough for three to one against the ground; labels for four and a half to one.
/// </summary>
internal static class Palette
{
    public const int SeriesCount = 8;

    public const int HeatSteps = 8;

    private static readonly int[] LightSeries =
        [0x0072b2, 0xd55e00, 0x009e73, 0xb97a00, 0xb4578f, 0x2f94ca, 0x70747d, 0x5b4bb3];

    private static readonly int[] DarkSeries =
        [0x5ab0f2, 0xff8a4f, 0x3cc79b, 0xefb13a, 0xe08fc0, 0x9bd6f7, 0x9aa0aa, 0xb3a6ff];

    private static readonly int[] LightLabels =
        [0x0068a3, 0xb04a00, 0x00735a, 0x835600, 0xa0457b, 0x1a6f9e, 0x5b5f68, 0x5b4bb3];

    private static readonly int[] LightHeat =
        [0xe3edf6, 0xc9dcec, 0xa9c9e1, 0x82b0d2, 0x5893c0, 0x3573a7, 0x1d5387, 0x0e3560];

    private static readonly int[] DarkHeat =
        [0x1d2b3a, 0x1f3a54, 0x224b70, 0x285f8a, 0x3a7cab, 0x5b9fc9, 0x8dc3e2, 0xcfe8f7];

    /// <summary>The colour of a role.</summary>
    public static SceneColor Color(ColorRole role, bool isDark) => role switch
    {
        >= ColorRole.Heat1 => SceneColor.Rgb((isDark ? DarkHeat : LightHeat)[role - ColorRole.Heat1]),
        >= ColorRole.Label1 => SceneColor.Rgb((isDark ? DarkSeries : LightLabels)[role - ColorRole.Label1]),
        >= ColorRole.Series1 => SceneColor.Rgb((isDark ? DarkSeries : LightSeries)[role - ColorRole.Series1]),
        _ => isDark ? Dark(role) : Light(role),
    };

    /// <summary>The name of a role in style sheets.</summary>
    public static string Name(ColorRole role) => role.ToString().ToLowerInvariant();

    private static SceneColor Light(ColorRole role) => role switch
    {
        ColorRole.Background => SceneColor.Rgb(0xfbfaf7),
        ColorRole.Ink => SceneColor.Rgb(0x1c1d21),
        ColorRole.Muted => SceneColor.Rgb(0x5f626a),
        ColorRole.Axis => SceneColor.Rgb(0xa5a6a8),
        ColorRole.Grid => SceneColor.Rgb(0xe6e3dc),
        ColorRole.GridMinor or ColorRole.Track => SceneColor.Rgb(0xf1eee8),
        ColorRole.Bad => SceneColor.Rgb(0xd1490c),
        ColorRole.Band => SceneColor.Rgb(0x0a6ebd, alpha: 16),
        _ => SceneColor.Rgb(0x0a6ebd),
    };

    private static SceneColor Dark(ColorRole role) => role switch
    {
        ColorRole.Background => SceneColor.Rgb(0x131417),
        ColorRole.Ink => SceneColor.Rgb(0xeceae6),
        ColorRole.Muted => SceneColor.Rgb(0xa3a7b0),
        ColorRole.Axis => SceneColor.Rgb(0x5f626a),
        ColorRole.Grid => SceneColor.Rgb(0x2f3238),
        ColorRole.GridMinor or ColorRole.Track => SceneColor.Rgb(0x24262b),
        ColorRole.Bad => SceneColor.Rgb(0xff8a4f),
        ColorRole.Band => SceneColor.Rgb(0x5ab0f2, alpha: 22),
        _ => SceneColor.Rgb(0x5ab0f2),
    };
}
