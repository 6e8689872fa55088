using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests;

public sealed class WeatherPageTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task Weather_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var visitor = await chromium.VisitAsync(rondo.Address);
        await LogInAsync(visitor.Page, "/weather/Munich?days=7");

        await visitor.AssertLooksAsync("weather");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Weather_ScriptsOff_LogsInSearchesAndChangesTheLanguage()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false });
        await LogInAsync(visitor.Page, "/weather");

        await visitor.Page.GetByLabel("Place").FillAsync("Muinch");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(Heading(visitor.Page)).ToHaveTextAsync("Unknown place");
        await visitor.PictureAsync("weather-unknown");
        visitor.TakeComplaints();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Munich, Germany" }).ClickAsync();
        await Expect(Heading(visitor.Page)).ToHaveTextAsync("Munich, Germany");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Deutsch" }).ClickAsync();

        await Expect(visitor.Page.Locator("main")).ToContainTextAsync("Leichter Regen");
        visitor.AssertQuiet();
    }

    private static ILocator Heading(IPage page) => page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    private async Task LogInAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.GetByLabel("Key").FillAsync(rondo.AdminKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(Heading(page)).ToHaveTextAsync("Munich, Germany");
    }
}
