using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests;

public sealed class HomePageTests(Chromium chromium, RunningRondo rondo) : IClassFixture<RunningRondo>
{
    [Theory]
    [InlineData(false, 1100)]
    [InlineData(true, 1100)]
    [InlineData(false, 400)]
    [InlineData(true, 400)]
    public async Task Home_AnyWindow_IsAccessibleQuietAndFits(bool isDark, int width)
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { IsDark = isDark, Width = width });

        await visitor.Page.GotoAsync("/");

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Rondo");
        await visitor.PictureAsync($"home-{(isDark ? "dark" : "light")}-{width}");
        await visitor.AssertFitsAsync();
        await visitor.Page.AssertAccessibleAsync();
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Home_ScriptsOff_Converts()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false });
        await visitor.Page.GotoAsync("/");

        await visitor.Page.GetByLabel("Amount").FillAsync("100");
        await visitor.Page.GetByLabel("To").FillAsync("GBP");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Convert" }).ClickAsync();

        await Expect(visitor.Page.Locator("body")).ToContainTextAsync("GBP");
        await visitor.PictureAsync("home-converted");
    }
}
