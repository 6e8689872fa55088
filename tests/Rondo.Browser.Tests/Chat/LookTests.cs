using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>How a room looks: to the eye, to the rules of accessibility, in a narrow window, and without scripts.</summary>
public sealed class LookTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task Room_AnyWindow_IsAccessibleQuietAndFits()
    {
        await using var visitor = await chromium.VisitAsync(rondo.Address);
        await rondo.MakeRoomAsync("kitchen", "Who cooks, and what is left");
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", "kitchen");
        await using var ada = await Chatter.EnterAsync(visitor, rondo, "Ada Lovelace", "kitchen");
        await ada.SayAsync("Good morning. Is the big room free at ten?");
        await Expect(bob.Texts.Last).ToContainTextAsync("free at ten");
        await bob.SayAsync("It is. I have put the projector back as well.");
        await bob.SayAsync(
            "The plan for the week: https://example.org/plans/2026-11?week=48, and a word with no break: "
                + new string('x', 120));
        await Expect(ada.Texts.Last).ToContainTextAsync("no break");
        await ada.SayAsync("Thank you!\nSee you there.");
        await ada.SayAsync("שלום from the second floor");
        await ada.SettledAsync();
        await ada.SayAsync("e" + new string('\u0301', 40));
        await Expect(ada.Waiting).ToContainTextAsync("not sent");

        await ada.Visitor.AssertLooksAsync("chat", isFull: false);
        ada.Visitor.AssertQuiet();

        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Drop it" }).ClickAsync();
        await ada.SettledAsync();
        await ada.Page.ReloadAsync();
        await Expect(ada.State).ToHaveTextAsync("Live");
        await ada.SettledAsync();
    }

    [Fact]
    public async Task Room_BelowTheDemosBanner_HasAHeaderNoTallerThanWithout()
    {
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", "lobby");
        var usual = await HeightAsync(ada);
        var demo = await RunningRondo.StartDemoAsync();
        try
        {
            await using var bob = await Chatter.EnterAsync(chromium, demo, "Bob", "lobby");

            await Expect(bob.Page.Locator(".banner")).ToBeVisibleAsync();
            Assert.Equal(usual, await HeightAsync(bob));
        }
        finally
        {
            await demo.DisposeAsync();
        }

        static async Task<double> HeightAsync(Chatter chatter) =>
            Math.Round((await chatter.Page.Locator("header").First.BoundingBoxAsync())!.Height);
    }

    [Fact]
    public async Task Room_ScriptsOff_PostsOnceAndShowsWhatWasSaid()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false, Width = 700 });
        var page = visitor.Page;
        await page.GotoAsync("/chat/" + await rondo.MakeRoomAsync());
        await page.GetByLabel("Your name").FillAsync("Grace");
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("no script is needed\nfor this");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        var said = page.Locator(".message").Filter(new() { HasText = "no script is needed" });
        await Expect(said).ToContainTextAsync("Grace");
        await page.ReloadAsync();
        await Expect(said).ToHaveCountAsync(1);
        await Expect(page.GetByLabel("Your name")).ToHaveValueAsync("Grace");
        await Expect(said).ToBeInViewportAsync();
        await visitor.PictureAsync("chat-scripts-off", isFull: false);

        await page.GetByRole(AriaRole.Link, new() { Name = "let it refresh itself" }).ClickAsync();
        await Expect(page.Locator("meta[http-equiv=refresh]")).ToHaveCountAsync(1);
        await Expect(said).ToHaveCountAsync(1);
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Room_ScriptsOffAndNothingToSay_KeepsTheFormAndSaysWhy()
    {
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = false });
        await visitor.Page.GotoAsync("/chat/" + await rondo.MakeRoomAsync());
        await visitor.Page.GetByLabel("Message", new() { Exact = true }).FillAsync("\u200b");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The message has nothing to be seen.");
    }
}
