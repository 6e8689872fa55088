using Rondo.Charts.Scenes;

namespace Rondo.Charts.Tests.Scenes;

/// <summary>Contrast by WCAG 2.2: 4.5 for text, 3 for marks.</summary>
public sealed class PaletteTests
{
    public static TheoryData<bool> Grounds => [false, true];

    [Theory]
    [MemberData(nameof(Grounds))]
    public void Text_OnItsGround_IsReadable(bool isDark)
    {
        ColorRole[] texts =
            [ColorRole.Ink, ColorRole.Muted,
                .. Enumerable.Range(0, Palette.SeriesCount).Select(i => ColorRole.Label1 + i)];

        Assert.All(texts, t => Assert.True(Contrast(t, isDark) >= 4.5, $"{t}: {Contrast(t, isDark):0.00}"));
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public void Marks_OnTheirGround_AreVisible(bool isDark)
    {
        ColorRole[] marks =
            [ColorRole.Bad, ColorRole.Accent,
                .. Enumerable.Range(0, Palette.SeriesCount).Select(i => ColorRole.Series1 + i)];

        Assert.All(marks, m => Assert.True(Contrast(m, isDark) >= 3, $"{m}: {Contrast(m, isDark):0.00}"));
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public void HeatSteps_LeaveTheGroundEvenly(bool isDark)
    {
        var contrasts =
            Enumerable.Range(0, Palette.HeatSteps).Select(i => Contrast(ColorRole.Heat1 + i, isDark)).ToList();

        Assert.Equal(contrasts.Order(), contrasts);
        Assert.Equal(Palette.HeatSteps, contrasts.Distinct().Count());
    }

    [Fact]
    public void SeriesStyles_OfSixteenSeries_DifferInColourAndForm() =>
        Assert.Equal(16, Enumerable.Range(0, 16).Select(i => SeriesStyle.Of(i)).Select(s => (s.Line, s.Marker)).Distinct().Count());

    [Fact]
    public void Names_OfRoles_AreDistinct()
    {
        var names = Enum.GetValues<ColorRole>().Select(Palette.Name).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
    }

    private static double Contrast(ColorRole role, bool isDark)
    {
        var (a, b) = (Luminance(Palette.Color(role, isDark)), Luminance(Palette.Color(ColorRole.Background, isDark)));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(SceneColor color) =>
        (0.2126 * Linear(color.Red)) + (0.7152 * Linear(color.Green)) + (0.0722 * Linear(color.Blue));

    private static double Linear(byte value) =>
        value / 255.0 <= 0.04045 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);
}
