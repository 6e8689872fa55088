using System.Text.Json;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Lab;

/// <summary>The page of an experiment, opened from a file as its readers do.</summary>
public sealed class ReportTests(Chromium chromium, LabPages pages)
{
    private static readonly Uri AnyFile = new("file:///");

    [Fact]
    public async Task Report_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var visitor = await OpenAsync(pages.Page);

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(pages.Verdict);
        await visitor.AssertLooksAsync("lab");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Report_EachWidth_ShowsEachFigureOnceWithTextsApart()
    {
        await using var visitor = await OpenAsync(pages.Page);
        foreach (var width in new[] { 400, 800, 1180 })
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            var shown = await visitor.Page.EvaluateAsync<int[]>("""
                () => [...document.querySelectorAll('figure')].map(
                    f => [...f.querySelectorAll('svg.chart')].filter(s => getComputedStyle(s).display !== 'none').length)
                """);
            Assert.True(shown.Length > 2);
            Assert.All(shown, count => Assert.Equal(1, count));
            Assert.Empty(await visitor.Page.EvaluateAsync<string[]>("""
                () => [...document.querySelectorAll('figure svg.chart')].flatMap(chart => {
                    const boxes = [...chart.querySelectorAll('text')]
                        .map(t => [t.textContent, t.getBoundingClientRect()]).filter(([, b]) => b.width > 0);
                    return boxes.flatMap(([a, x], i) => boxes.slice(i + 1)
                        .filter(([, y]) => Math.min(x.right, y.right) - Math.max(x.left, y.left) > 1
                            && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 3)
                        .map(([b]) => `${a} over ${b}`));
                })
                """));
        }
    }

    [Fact]
    public async Task Report_ScriptsOff_HasItsAnswerAndTables()
    {
        await using var visitor = await chromium.VisitAsync(AnyFile, new VisitorOptions { HasScripts = false });
        await visitor.Page.GotoAsync(pages.Page.AbsoluteUri);

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(pages.Verdict);
        await Expect(visitor.Page.GetByRole(AriaRole.Rowheader, new() { Name = "loop" }).First).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("#theme")).ToBeHiddenAsync();
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Report_Scripts_SwitchTheLightAndSetASeriesOff()
    {
        await using var visitor = await OpenAsync(pages.Page);
        var before = await BackgroundAsync(visitor);
        await visitor.Page.Locator("#theme").ClickAsync();
        Assert.NotEqual(before, await BackgroundAsync(visitor));

        await visitor.Page.Locator("tr[data-k] th").First.FocusAsync();
        await Expect(visitor.Page.Locator("body.iso")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Report_PrintedFromADarkScreen_IsBlackOnWhite()
    {
        await using var visitor = await OpenAsync(pages.Page);
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        var ink = await InkAsync(visitor);
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.NotEqual(ink, await InkAsync(visitor));
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark, Media = Media.Print });
        Assert.Equal(ink, await InkAsync(visitor));
    }

    [Fact]
    public async Task Report_NamesThatAreMarkup_StayText()
    {
        await using var visitor = await OpenAsync(pages.Hostile);
        var title = await visitor.Page.TitleAsync();

        await Expect(visitor.Page.GetByText("<img src=x").First).ToBeAttachedAsync();
        await Expect(visitor.Page.Locator("img")).ToHaveCountAsync(0);
        Assert.NotEqual("1", title);
        await visitor.AssertLooksAsync("lab-hostile");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Report_HoldsItsResult()
    {
        await using var visitor = await OpenAsync(pages.Page);

        using var result = JsonDocument.Parse((await visitor.Page.Locator("#result").TextContentAsync())!);

        Assert.Equal("rondo-lab/1", result.RootElement.GetProperty("schema").GetString());
        Assert.NotEmpty(result.RootElement.GetProperty("cells").EnumerateArray());
    }

    private async Task<Visitor> OpenAsync(Uri page)
    {
        var visitor = await chromium.VisitAsync(AnyFile);
        await visitor.Page.GotoAsync(page.AbsoluteUri);
        return visitor;
    }

    private static Task<string> BackgroundAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static Task<string> InkAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string>("getComputedStyle(document.body).color");
}
