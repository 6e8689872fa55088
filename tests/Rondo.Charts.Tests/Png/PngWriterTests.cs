using Rondo.Charts.Png;
using Rondo.Charts.Scenes;
using Rondo.Charts.Tests.Support;

namespace Rondo.Charts.Tests.Png;

public sealed class PngWriterTests
{
    private const int Ground = 0xfbfaf7;
    private const int Ink = 0x1c1d21;

    [Fact]
    public void Write_Rect_FillsItsPixelsAndNoOthers()
    {
        var file = Draw(new SceneRect(2, 3, 4, 2, ColorRole.Ink));

        Assert.Equal((20, 20), (file.Width, file.Height));
        Assert.Equal(Ink, file[2, 3]);
        Assert.Equal(Ink, file[5, 4]);
        Assert.Equal([Ground, Ground, Ground, Ground], [file[1, 3], file[6, 4], file[2, 2], file[5, 5]]);
        Assert.Equal(["IHDR", "pHYs", "iTXt", "IDAT", "IEND"], file.Types);
    }

    [Fact]
    public void Write_HalfCoveredPixel_IsHalfMixed()
    {
        var red = Draw(new SceneRect(2.5, 2, 3, 3, ColorRole.Ink))[2, 3] >> 16;

        Assert.InRange(red, ((0xfb + 0x1c) / 2) - 2, ((0xfb + 0x1c) / 2) + 2);
    }

    [Fact]
    public void Write_LineThatCrossesItself_IsNoDarkerThere()
    {
        var band = new ScenePath([new(2, 10), new(18, 10), new(2, 10)]) { Stroke = new SceneStroke(ColorRole.Band, 6) };
        var once = new ScenePath([new(2, 10), new(18, 10)]) { Stroke = new SceneStroke(ColorRole.Band, 6) };

        Assert.Equal(Draw(once)[10, 10], Draw(band)[10, 10]);
    }

    [Fact]
    public void Write_UprightLine_IsCrisp()
    {
        var file = Draw(new SceneLine(new(5, 0), new(5, 20), new SceneStroke(ColorRole.Ink, 1)));

        Assert.Single(Enumerable.Range(0, 20), x => file[x, 10] != Ground);
    }

    [Fact]
    public void Write_DottedLine_HasGaps()
    {
        var file = Draw(new SceneLine(new(0, 10), new(20, 10), new SceneStroke(ColorRole.Ink, 1, DashStyle.Dotted)));
        var dark = Enumerable.Range(0, 20).Count(x => file[x, 10] != Ground);

        Assert.InRange(dark, 4, 14);
    }

    [Fact]
    public void Write_Group_MovesItsMarks() => Assert.Equal(
        Ink, Draw(new SceneGroup([new SceneRect(0, 0, 2, 2, ColorRole.Ink)]) { OffsetX = 7, OffsetY = 9 })[8, 10]);

    [Fact]
    public void Write_EveryPrintableCharacter_HasAForm()
    {
        var forms = Enumerable.Range('!', '~' - '!' + 1).Select(c => Form((char)c)).ToList();

        Assert.All(forms, f => Assert.NotEmpty(f));
        Assert.Equal(forms.Count, forms.Distinct().Count());
    }

    [Fact]
    public void Write_OutsideThePicture_IsLeftOut() =>
        Assert.Equal(Ground, Draw(new SceneRect(-500, -500, 100, 1e9, ColorRole.Ink))[0, 0]);

    [Fact]
    public void Write_Dark_HasTheDarkGround() =>
        Assert.Equal(0x131417, new PngFile(PngWriter.Write(new Scene(2, 2, "", "", []), isDark: true))[0, 0]);

    private static string Form(char character) => string.Join(
        ';',
        StrokeFont.Lines(character.ToString(), new ScenePoint(0, 0), 100, isBold: false)
            .Select(l => string.Join(' ', l.Select(p => $"{p.X:0},{p.Y:0}"))));

    private static PngFile Draw(SceneElement element) =>
        new(PngWriter.Write(new Scene(20, 20, "a title", "", [element]), scale: 1));
}
