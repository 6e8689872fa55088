using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>Two people, each with a browser.</summary>
public sealed class ConversationTests(Chromium chromium, RunningRondo rondo)
{
    [Fact]
    public async Task TwoPeople_TalkingAtOnce_SeeOneOrder()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);

        await Task.WhenAll(TalkAsync(ada, "ada"), TalkAsync(bob, "bob"));
        await Expect(ada.Texts).ToHaveCountAsync(16);
        await Expect(bob.Texts).ToHaveCountAsync(16);

        var seen = await ada.Texts.AllInnerTextsAsync();
        Assert.Equal(seen, await bob.Texts.AllInnerTextsAsync());
        Assert.Equal(16, seen.Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"ada {i}"), seen.Where(t => t.StartsWith("ada", StringComparison.Ordinal)));
        await ada.SettledAsync();
        ada.Visitor.AssertQuiet();
        bob.Visitor.AssertQuiet();

        static async Task TalkAsync(Chatter chatter, string who)
        {
            for (var i = 1; i <= 8; i++)
            {
                await chatter.SayAsync($"{who} {i}");
            }
        }
    }

    [Fact]
    public async Task Edit_AndDelete_ReachTheOther()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);
        await ada.SayAsync("the meeting is at 14:00");
        await ada.SayAsync("this was for somebody else");
        await Expect(bob.Message("somebody else")).ToBeVisibleAsync();

        await ada.Message("14:00").HoverAsync();
        await ada.Visitor.PictureAsync("chat-edit", isFull: false);
        await ada.Message("14:00").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await ada.Page.AssertAccessibleAsync();
        await ada.SayAsync("the meeting is at 15:00");
        await ada.Message("somebody else").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await ada.Message("somebody else").GetByRole(AriaRole.Button, new() { Name = "Really delete?" }).ClickAsync();

        foreach (var chatter in new[] { ada, bob })
        {
            await Expect(chatter.Message("15:00")).ToContainTextAsync("edited");
            await Expect(chatter.Message("14:00")).ToHaveCountAsync(0);
            await Expect(chatter.Message("somebody else")).ToHaveCountAsync(0);
            await Expect(chatter.Page.Locator(".gone .body").Last).ToHaveTextAsync("deleted");
            chatter.Visitor.AssertQuiet();
        }

        await bob.Page.ReloadAsync();
        await Expect(bob.Message("15:00")).ToContainTextAsync("edited");
        await Expect(bob.Message("somebody else")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Reactions_PutJoinedAndTakenBack_AreCountedForAll()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);
        await ada.SayAsync("shall we?");
        await bob.Message("shall we?").HoverAsync();
        await bob.Message("shall we?").GetByRole(AriaRole.Button, new() { Name = "React with 👍" }).ClickAsync();
        var (seenByAda, seenByBob) = (ada.Page.Locator(".chip"), bob.Page.Locator(".chip"));
        await Expect(seenByAda).ToHaveTextAsync("👍 1");
        await seenByAda.ClickAsync();
        await Expect(seenByBob).ToHaveTextAsync("👍 2");
        await ada.Page.AssertAccessibleAsync();
        await ada.Visitor.PictureAsync("chat-reactions", isFull: false);

        await bob.Page.ReloadAsync();
        await Expect(bob.State).ToHaveTextAsync("Live");
        await Expect(seenByBob).ToHaveAttributeAsync("aria-pressed", "true");
        await seenByBob.ClickAsync();
        await Expect(seenByAda).ToHaveTextAsync("👍 1");
        await seenByAda.ClickAsync();
        await Expect(seenByBob).ToHaveCountAsync(0);
        ada.Visitor.AssertQuiet();
        bob.Visitor.AssertQuiet();

        await using var reader = await chromium.VisitAsync(rondo.Address, new VisitorOptions { HasScripts = false });
        await ada.Message("shall we?").HoverAsync();
        await ada.Message("shall we?").GetByRole(AriaRole.Button, new() { Name = "React with 👍" }).ClickAsync();
        await Expect(seenByAda).ToHaveTextAsync("👍 1");
        await reader.Page.GotoAsync("/chat/" + room);
        await Expect(reader.Page.Locator(".chip")).ToHaveTextAsync("👍 1");
    }

    [Fact]
    public async Task Others_HereAndTyping_AreShown()
    {
        var room = await rondo.MakeRoomAsync();
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);

        await Expect(ada.Page.Locator("#people li")).ToContainTextAsync(["Ada you", "Bob"]);
        await bob.Text.PressSequentiallyAsync("well");
        await Expect(ada.Page.Locator("#typing")).ToContainTextAsync("Bob");
        await ada.Visitor.PictureAsync("chat-typing", isFull: false);
        await bob.Text.PressAsync("Enter");

        await Expect(ada.Page.Locator("#typing")).ToBeEmptyAsync();
        ada.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Name_ThatSomebodyHereHas_IsRefusedAndReadingGoesOn()
    {
        var room = await rondo.MakeRoomAsync();
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Margaret", room);
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Margarеt", room);

        await Expect(ada.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody here is called");
        await ada.Page.GetByLabel("Your name").FillAsync("Joan");
        await ada.Text.FocusAsync();
        await ada.SayAsync("now I am Joan");

        await Expect(ada.Page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
        await Expect(bob.Message("now I am Joan").Locator(".who")).ToHaveTextAsync("Joan");
    }

    [Fact]
    public async Task NewMessages_WhileReadingFurtherUp_AreCountedAndJumpedTo()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", room);
        await ada.SayAsync(string.Join('\n', Enumerable.Range(1, 60).Select(i => $"line {i}")));
        await ada.SettledAsync();
        await ada.Page.Locator("#log").EvaluateAsync("log => log.scrollTop = -500");
        var place = await ada.Page.Locator("#log").EvaluateAsync<int>("log => log.scrollHeight + log.scrollTop");

        await bob.SayAsync("are you there?");

        await Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "1 new" })).ToBeVisibleAsync();
        await Expect(ada.Page).ToHaveTitleAsync($"(1) {room} · Rondo");
        await Expect(ada.Page.Locator(".new")).ToHaveTextAsync("New");
        Assert.Equal(
            place, await ada.Page.Locator("#log").EvaluateAsync<int>("log => log.scrollHeight + log.scrollTop"));
        await ada.Visitor.PictureAsync("chat-new", isFull: false);
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "1 new" }).ClickAsync();
        await Expect(ada.Message("are you there?")).ToBeInViewportAsync();
        await Expect(ada.Page).ToHaveTitleAsync($"{room} · Rondo");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task History_LongerThanThePage_IsThereOnRequest(bool hasScripts)
    {
        var room = await rondo.MakeRoomAsync();
        await using var visitor = await chromium.VisitAsync(
            rondo.Address, new VisitorOptions { HasScripts = hasScripts });
        for (var i = 1; i <= 55; i++)
        {
            await visitor.Page.APIRequest.PostAsync($"/chat/rooms/{room}/messages", new() { DataObject = new { text = $"{i}" } });
        }

        await visitor.Page.GotoAsync("/chat/" + room);
        var texts = visitor.Page.Locator("#messages .text");
        await Expect(texts).ToHaveTextAsync([.. Enumerable.Range(6, 50).Select(i => $"{i}")]);
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Earlier messages" }).ClickAsync();

        await Expect(texts).ToHaveTextAsync([.. Enumerable.Range(1, hasScripts ? 55 : 5).Select(i => $"{i}")]);
        await Expect(visitor.Page.Locator("#earlier")).ToHaveTextAsync("This is where the room begins.");
        visitor.AssertQuiet();
    }

    [Fact]
    public async Task Room_ChangedByItsOwner_ShowsAtOnce()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);

        await rondo.OrderAsync(
            HttpMethod.Put, $"/chat/rooms/{room}", new { topic = "Nothing but <news>", read_only = true });

        await Expect(ada.Page.Locator("#topic")).ToHaveTextAsync("Nothing but <news>");
        await Expect(ada.Text).ToBeDisabledAsync();
        await Expect(ada.Text).ToHaveAttributeAsync("placeholder", "Only moderators write here");
        await ada.Page.AssertAccessibleAsync();
        ada.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Person_Banned_IsToldAndStaysOut()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);
        var who = await ada.Page.Locator("main").GetAttributeAsync("data-me");

        await rondo.OrderAsync(
            HttpMethod.Post, $"/chat/rooms/{room}/moderation", new { action = "ban", who, @for = "10m" });

        await Expect(ada.State).ToHaveTextAsync("You have been shut out of this room");
        await ada.SayAsync("hello?");
        await Expect(ada.Waiting).ToContainTextAsync("waits for the connection");
        Assert.Equal(403, (await ada.Page.ReloadAsync())!.Status);
    }

    [Fact]
    public async Task Keyboard_Alone_Suffices()
    {
        var room = await rondo.MakeRoomAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", room);

        await ada.Text.FocusAsync();
        await ada.Page.Keyboard.TypeAsync("first line");
        await ada.Page.Keyboard.PressAsync("Shift+Enter");
        await ada.Page.Keyboard.TypeAsync("second line");
        await ada.Page.Keyboard.PressAsync("Enter");
        await Expect(ada.Texts.Last).ToHaveTextAsync("first line\nsecond line", new() { UseInnerText = true });

        await ada.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(ada.Text).ToHaveValueAsync("first line\nsecond line");
        await ada.Page.Keyboard.PressAsync("Escape");
        await Expect(ada.Text).ToHaveValueAsync("");
        await Expect(ada.Text).ToBeFocusedAsync();
        await ada.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(ada.Page.GetByLabel("Your name")).ToBeFocusedAsync();
        await ada.Page.Keyboard.PressAsync("Tab");
        await ada.Page.Keyboard.PressAsync("Tab");
        await Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeFocusedAsync();
    }
}
