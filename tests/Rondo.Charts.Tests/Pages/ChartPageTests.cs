using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Charts.Pages;
using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Tests.Support;

namespace Rondo.Charts.Tests.Pages;

public sealed partial class ChartPageTests
{
    private const string Script = "</title></script><script>alert(1)</script><!--";

    [Fact]
    public void Write_AnyContent_IsTheSameBytesAgain() => Assert.Equal(Page("a page"), Page("a page"));

    [Fact]
    public void Write_OwnScript_IsTheOnlyOneThatThePolicyLetsRun()
    {
        var page = Page("a page");
        var script = OwnScript().Match(page).Groups[1].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

        Assert.Contains($"script-src 'sha256-{hash}'", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.InRange(script.Length, 100, 1500);
    }

    [Fact]
    public void Write_HostileText_EndsNoElement()
    {
        var page = Page(Script);

        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script>"));
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_OfAnyText_IsReadBack()
    {
        var json = ChartPage.DataOf(Page(Script));

        Assert.Equal(Script, JsonDocument.Parse(json!).RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<script type=\"application/json\" id=\"result\">\n{}")]
    public void DataOf_AnythingElse_IsNull(string text) => Assert.Null(ChartPage.DataOf(text));

    [Fact]
    public void Chart_IsLaidOutForThreeWidths()
    {
        var page = Page("a page");

        Assert.Equal(["wide", "medium", "narrow"], Views().Matches(page).Select(m => m.Groups[1].Value));
        Assert.Equal(["1024", "600", "360"], Views().Matches(page).Select(m => m.Groups[2].Value));
    }

    [Fact]
    public void Sheet_NamesEveryColourOnceForEachGround()
    {
        foreach (var role in Enum.GetValues<ColorRole>())
        {
            Assert.Equal(3, Regex.Count(PageStyle.Sheet, $"--{Palette.Name(role)}:#"));
        }
    }

    [Fact]
    public void Name_TurningTheDirection_IsKeptToItself() =>
        Assert.Equal("<bdi>a&lt;b</bdi>", ChartPage.Name("a\u202e<b"));

    private static string Page(string text)
    {
        var page = new ChartPage(text);
        page.Section(text, text);
        page.Chart(s => SampleCharts.Draw("lines", "script", s), ChartSize.Wide);
        page.Data($"{{\"text\": {JsonSerializer.Serialize(text, Relaxed)}}}");
        var output = new StringWriter();
        page.Write(output);
        return output.ToString();
    }

    // Leaves what HTML would take for markup as it is.
    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex OwnScript();

    [GeneratedRegex("<svg class=\"chart (\\w+)\" viewBox=\"0 0 (\\d+)")]
    private static partial Regex Views();
}
