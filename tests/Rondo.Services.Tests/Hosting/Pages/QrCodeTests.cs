using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Pages;

/// <summary>What is drawn is read back by zbar's scanner.</summary>
public sealed partial class QrCodeTests
{
    private const string Address = "https://192.168.178.20:8443/noise/measure/lobby#ticket=nt_0123456789abcdefghij";
    private const int Scale = 4;

    [Theory]
    [InlineData(Address)]
    [InlineData("http://a")]
    [InlineData("https://büro.local:8443/Grüße?<&>\"'")]
    public async Task Svg_OfAText_ScansAsThatText(string text)
    {
        var svg = QrCode.Svg(text, "To the page").ToString();
        var size = int.Parse(ViewBox().Match(svg).Groups["size"].Value);
        var dark = new bool[size, size];
        foreach (Match run in Run().Matches(svg))
        {
            var (x, y) = (int.Parse(run.Groups["x"].Value), int.Parse(run.Groups["y"].Value));
            for (var i = 0; i < int.Parse(run.Groups["width"].Value); i++)
            {
                dark[y, x + i] = true;
            }
        }

        Assert.Equal(text, await ScanAsync(dark));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blocks_OfAText_ScanAsThatText(bool hasColor)
    {
        var lines = Escape().Replace(QrCode.Blocks(Address, hasColor), "").TrimEnd('\n').Split('\n');
        var size = lines[0].Length;
        var dark = new bool[size, size];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var isDrawn = lines[y / 2][x] is '█' || lines[y / 2][x] == (y % 2 == 0 ? '▀' : '▄');
                dark[y, x] = isDrawn == hasColor;
            }
        }

        Assert.Equal(Address, await ScanAsync(dark));
    }

    [Fact]
    public void Svg_Always_HasALightEdgeAndALabel()
    {
        var svg = QrCode.Svg("http://a", "To \"the\" page").ToString();
        var size = int.Parse(ViewBox().Match(svg).Groups["size"].Value);

        Assert.Contains("role=\"img\" aria-label=\"To &quot;the&quot; page\"", svg);
        Assert.Contains($"<path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/>", svg);
        Assert.DoesNotContain("style", svg);
        Assert.All(Run().Matches(svg), run =>
        {
            var x = int.Parse(run.Groups["x"].Value);
            Assert.InRange(int.Parse(run.Groups["y"].Value), 4, size - 5);
            Assert.InRange(x, 4, size - 5);
            Assert.InRange(x + int.Parse(run.Groups["width"].Value), 5, size - 4);
        });
    }

    [Fact]
    public void Blocks_WithoutColor_HaveNoEscapes() =>
        Assert.DoesNotContain('\e', QrCode.Blocks(Address, hasColor: false));

    private static async Task<string> ScanAsync(bool[,] dark)
    {
        using var folder = new TestFolder();
        var size = dark.GetLength(0) * Scale;
        var picture = new StringBuilder($"P1\n{size} {size}\n");
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                picture.Append(dark[y / Scale, x / Scale] ? '1' : '0').Append(' ');
            }

            picture.Append('\n');
        }

        var file = folder.Write("code.pbm", picture.ToString());
        using var scanner = Process.Start(new ProcessStartInfo(
            "zbarimg", ["--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", file])
        {
            RedirectStandardOutput = true,
        })!;
        var cancellation = TestContext.Current.CancellationToken;
        var read = await scanner.StandardOutput.ReadToEndAsync(cancellation)
            .WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        return read.TrimEnd('\n');
    }

    [GeneratedRegex("viewBox=\"0 0 (?<size>[0-9]+) ")]
    private static partial Regex ViewBox();

    [GeneratedRegex("M(?<x>[0-9]+) (?<y>[0-9]+)h(?<width>[0-9]+)v1H[0-9]+z")]
    private static partial Regex Run();

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Escape();
}
