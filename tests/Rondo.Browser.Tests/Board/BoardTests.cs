using System.Text.RegularExpressions;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Board;

/// <summary>Most have a place of their own: rooms that other tests add to the shared one load the page again.</summary>
public sealed partial class BoardTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task Board_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var own = await RunningRondo.StartOwnAsync();
        var hall = await MeasuredRoom.MakeAsync(own, "look", "Hall", 45, 65);
        await hall.MeasureAsync(52);
        await using var visitor = await chromium.VisitAsync(own.Address);
        var page = visitor.Page;
        await page.GotoAsync("/");

        await Expect(Link(page)).ToHaveTextAsync("Live");
        await Expect(Room(page, "Hall")).ToContainTextAsync("uncalibrated, ±10 dB");
        await visitor.AssertLooksAsync("board");
        await page.GotoAsync("/noise");
        await visitor.AssertLooksAsync("noise");
        foreach (var (width, height) in new[] { (1920, 1080), (3840, 2160), (400, 800) })
        {
            await page.SetViewportSizeAsync(width, height);
            await page.GotoAsync("/?kiosk&lang=de");
            await Expect(Link(page)).ToHaveTextAsync("Live");
            await visitor.PictureAsync($"board-kiosk-{width}", isFull: false);
            await page.AssertAccessibleAsync();
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            Assert.Equal(0, await page.Locator("a, button, input").CountAsync());
        }

        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Level_Measured_AppearsWithoutLoadingThePageAgain()
    {
        await using var own = await RunningRondo.StartOwnAsync();
        var lab = await MeasuredRoom.MakeAsync(own, "lab", "Lab", 45, 65);
        await using var visitor = await chromium.VisitAsync(
            own.Address, new VisitorOptions { HasReducedMotion = true });
        var page = visitor.Page;
        await page.GotoAsync("/");
        await Expect(Room(page, "Lab")).ToContainTextAsync("no signal");
        await page.EvaluateAsync("window.isTheSame = true");

        await lab.MeasureAsync(61.4);

        await Expect(Room(page, "Lab").Locator(".level")).ToContainTextAsync("61");
        await Expect(Room(page, "Lab")).ToContainTextAsync("above goal 45");
        Assert.True(await page.EvaluateAsync<bool>("window.isTheSame"));
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Server_KilledAndStartedAgain_TheBoardSaysSoAndComesBackByItself()
    {
        await using var own = await RunningRondo.StartOwnAsync();
        await using var visitor = await chromium.VisitAsync(own.Address);
        var page = visitor.Page;
        await page.GotoAsync("/?kiosk");
        await Expect(Link(page)).ToHaveTextAsync("Live");

        await own.KillAsync();
        await Expect(Link(page)).ToHaveTextAsync(NotConnected());
        await visitor.PictureAsync("board-cut", isFull: false);
        await page.AssertAccessibleAsync();
        await own.StartAsync();

        await Expect(Link(page)).ToHaveTextAsync("Live");
        await Expect(page.Locator("main")).Not.ToHaveClassAsync(Cut());
        Assert.All(visitor.TakeComplaints(), c => Assert.Contains("ERR_", c));
    }

    [Fact]
    public async Task Board_ScriptsOff_ReadsConvertsAndRefreshes()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false });
        var page = visitor.Page;
        await page.GotoAsync("/");
        await Expect(Link(page)).ToContainTextAsync("as of ");
        await Expect(page.Locator(".weather")).ToContainTextAsync("invented, for trying out");

        await page.GetByText("Convert", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel("Amount").FillAsync("250");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("jpy");
        await page.GetByRole(AriaRole.Button, new() { Name = "Convert" }).ClickAsync();
        await Expect(page.Locator(".result")).ToContainTextAsync(" JPY");
        await Expect(page.GetByLabel("Amount")).ToHaveValueAsync("250");

        await page.GotoAsync("/?amount=1&from=EUR&to=%3Cb%3E");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("<b>");
        await page.GetByRole(AriaRole.Link, new() { Name = "Let this page refresh itself" }).ClickAsync();
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveCountAsync(1);
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Board_ByKeyboard_OpensTheFormAndReachesEverything()
    {
        await using var own = await RunningRondo.StartOwnAsync();
        await using var visitor = await chromium.VisitAsync(own.Address);
        var page = visitor.Page;
        await page.GotoAsync("/");
        await Expect(Link(page)).ToHaveTextAsync("Live");

        await page.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("Amount")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".result")).ToContainTextAsync("GBP");
        visitor.AssertQuiet();
    }

    private static ILocator Link(IPage page) => page.Locator("#link");

    private static ILocator Room(IPage page, string name) =>
        page.GetByRole(AriaRole.Article).Filter(new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = name }) });

    [GeneratedRegex("Not connected. What is shown is of \\d\\d:\\d\\d\\.")]
    private static partial Regex NotConnected();

    [GeneratedRegex("is-cut")]
    private static partial Regex Cut();
}
