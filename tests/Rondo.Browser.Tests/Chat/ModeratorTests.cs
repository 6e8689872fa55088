using System.Text.RegularExpressions;
using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>Who keeps order with nothing but a browser and the key of the first start.</summary>
public sealed class ModeratorTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task Owner_LoggedIn_DeletesMutesAndBansOnThePage()
    {
        var room = await rondo.MakeRoomAsync();
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);
        await bob.SayAsync("buy my things");
        await bob.SettledAsync();
        await using var owner = new Chatter(await chromium.VisitAsync(rondo.Address));
        await owner.Page.GotoAsync("/chat/" + room);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Log in" }).ClickAsync();
        await owner.Visitor.AssertLooksAsync("login");
        await owner.Page.GetByLabel("Key").FillAsync(rondo.AdminKey);
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(owner.Page).ToHaveURLAsync(new Regex($"/chat/{room}$"));
        await Expect(owner.State).ToHaveTextAsync("Live");
        await owner.Page.SetViewportSizeAsync(1100, 800);

        await owner.Message("buy").HoverAsync();
        await OrderAsync(owner.Message("buy"), "Delete", "Really delete?");
        await Expect(bob.Message("buy")).ToHaveCountAsync(0);

        var line = owner.Page.Locator("#people li").Filter(new() { HasText = "Bob" });
        await owner.Visitor.AssertLooksAsync("chat-owner", isFull: false);
        await owner.Page.SetViewportSizeAsync(1100, 800);
        await OrderAsync(line, "Mute", "Mute for 10 min?");
        await bob.SayAsync("they are cheap");
        await Expect(bob.Waiting).ToContainTextAsync("Muted");

        // A question that was asked stays, whoever comes and goes meanwhile.
        await line.GetByRole(AriaRole.Button, new() { Name = "Ban", Exact = true }).ClickAsync();
        await using var carol = await Chatter.EnterAsync(chromium, rondo, "Carol", room);
        await Expect(owner.Page.Locator("#people li").Filter(new() { HasText = "Carol" })).ToBeVisibleAsync();
        await line.GetByRole(AriaRole.Button, new() { Name = "Ban for good?" }).ClickAsync();
        await Expect(bob.State).ToContainTextAsync("shut out");

        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Log out" }).ClickAsync();
        await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Expect(owner.Page.GetByLabel("Key")).ToBeVisibleAsync();
        owner.Visitor.AssertQuiet();
    }

    private static async Task OrderAsync(ILocator beside, string label, string sure)
    {
        await beside.GetByRole(AriaRole.Button, new() { Name = label, Exact = true }).ClickAsync();
        await beside.GetByRole(AriaRole.Button, new() { Name = sure }).ClickAsync();
    }
}
