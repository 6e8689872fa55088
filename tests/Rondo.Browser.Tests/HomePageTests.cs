using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests;

public sealed class HomePageTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task Home_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var visitor = await chromium.VisitAsync(rondo.Address);
        await visitor.Page.GotoAsync("/");

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("front desk");
        await visitor.AssertLooksAsync("home");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Home_ScriptsOff_ConvertsOnThePage()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false });
        await visitor.Page.GotoAsync("/");

        await visitor.Page.GetByLabel("Amount").FillAsync("250");
        await visitor.Page.GetByLabel("To").FillAsync("jpy");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Convert" }).ClickAsync();

        await Expect(visitor.Page.Locator(".result")).ToContainTextAsync(" JPY");
        await Expect(visitor.Page.GetByLabel("Amount")).ToHaveValueAsync("250");
        await visitor.PictureAsync("home-converted");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Home_NoSuchCurrency_SaysSoBesideTheForm()
    {
        await using var visitor = await chromium.VisitAsync(rondo.Address, VisitorOptions.Phone);

        await visitor.Page.GotoAsync("/?amount=1&from=EUR&to=%3Cb%3E#convert");

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("<b>");
        await visitor.PictureAsync("home-refused");
        await visitor.Page.AssertAccessibleAsync();
        visitor.AssertQuiet();
    }
}
