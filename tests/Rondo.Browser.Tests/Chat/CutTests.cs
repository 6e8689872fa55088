using Rondo.Browser.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Rondo.Browser.Tests.Chat;

/// <summary>What a page does when the way to the server is cut, and when it is there again.</summary>
public sealed class CutTests(Chromium chromium, RunningRondo shared)
{
    [Fact]
    public async Task Server_KilledInAConversation_NothingIsLostOrDoubled()
    {
        await using var rondo = await RunningRondo.StartOwnAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", "lobby");
        await using var bob = await Chatter.EnterAsync(chromium, rondo, "Bob", "lobby");
        await ada.SayAsync("before");
        await Expect(bob.Message("before")).ToBeVisibleAsync();

        await ada.SayAsync("at the last moment");
        await rondo.KillAsync();
        await Expect(ada.State).ToHaveTextAsync("Connection lost, trying again");
        await ada.SayAsync("meanwhile, from Ada");
        await bob.SayAsync("meanwhile, from Bob");
        await Expect(ada.Waiting.Last).ToContainTextAsync("waits for the connection");
        await ada.Visitor.PictureAsync("chat-cut", isFull: false);
        await rondo.StartAsync();

        string[] expected = ["at the last moment", "before", "meanwhile, from Ada", "meanwhile, from Bob"];
        foreach (var chatter in new[] { ada, bob })
        {
            await Expect(chatter.State).ToHaveTextAsync("Live");
            await chatter.SettledAsync();
            await Expect(chatter.Texts).ToHaveCountAsync(4);
            Assert.Equal(expected, (await chatter.Texts.AllInnerTextsAsync()).Order());
        }

        Assert.Equal(await ada.Texts.AllInnerTextsAsync(), await bob.Texts.AllInnerTextsAsync());
        Assert.All(ada.Visitor.TakeComplaints(), c => Assert.Contains("ERR_CONNECTION_REFUSED", c));
    }

    [Fact]
    public async Task Socket_CutWhileOthersTalk_ResumesByItself()
    {
        var room = await shared.MakeRoomAsync();
        await using var visitor = await chromium.VisitAsync(shared.Address);
        var sockets = new List<IWebSocketRoute>();
        await visitor.Page.RouteWebSocketAsync("**/chat/ws", socket =>
        {
            sockets.Add(socket);
            socket.ConnectToServer();
        });
        await using var ada = await Chatter.EnterAsync(visitor, shared, "Ada", room);
        await using var bob = await Chatter.EnterAsync(chromium, shared, "Bob", room);
        await bob.SayAsync("one");
        await Expect(ada.Message("one")).ToBeVisibleAsync();

        await visitor.Page.UnrouteAllAsync();
        await sockets[0].CloseAsync(new() { Code = 1012 });
        await bob.SayAsync("two");
        await bob.SayAsync("three");

        await Expect(ada.Texts).ToHaveTextAsync(["one", "two", "three"]);
        Assert.True(sockets.Count >= 2);
        ada.Visitor.AssertQuiet();
    }

    [Fact]
    public async Task Page_ReloadedBeforeItsMessageWasTaken_SendsItOnce()
    {
        await using var rondo = await RunningRondo.StartOwnAsync();
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", "lobby");
        await rondo.KillAsync();
        await ada.SayAsync("from before the reload");
        await rondo.StartAsync();
        ada.Visitor.TakeComplaints();

        await ada.Page.ReloadAsync();

        await Expect(ada.Texts).ToHaveTextAsync(["from before the reload"]);
        await ada.SettledAsync();
        await ada.Page.ReloadAsync();
        await Expect(ada.State).ToHaveTextAsync("Live");
        await Expect(ada.Texts).ToHaveTextAsync(["from before the reload"]);
        await Expect(ada.Page.GetByLabel("Your name")).ToHaveValueAsync("Ada");
    }

    [Fact]
    public async Task Message_OnItsWay_IsShownAtOnceAndConfirmedOnce()
    {
        var room = await shared.MakeRoomAsync();
        await using var visitor = await chromium.VisitAsync(shared.Address);
        var held = new TaskCompletionSource();
        await visitor.Page.RouteWebSocketAsync("**/chat/ws", socket =>
        {
            var server = socket.ConnectToServer();
            socket.OnMessage(async frame =>
            {
                if (frame.Text!.Contains("\"send\"", StringComparison.Ordinal))
                {
                    await held.Task;
                }

                server.Send(frame.Text);
            });
        });
        await using var ada = await Chatter.EnterAsync(visitor, shared, "Ada", room);

        await ada.SayAsync("one");
        await ada.SayAsync("two");
        await Expect(ada.Waiting).ToHaveCountAsync(2);
        await Expect(ada.Waiting.First).ToContainTextAsync("sending");
        await Expect(ada.Texts).ToHaveCountAsync(0);
        held.SetResult();

        await Expect(ada.Texts).ToHaveTextAsync(["one", "two"]);
        await ada.SettledAsync();
    }

    [Fact]
    public async Task Messages_TooFastForTheRoom_AreSaidInTheirTurn()
    {
        await using var rondo = await RunningRondo.StartOwnAsync(burst: 2);
        await using var ada = await Chatter.EnterAsync(chromium, rondo, "Ada", "lobby");

        foreach (var text in new[] { "1", "2", "3", "4", "5" })
        {
            await ada.SayAsync(text);
        }

        await Expect(ada.Texts).ToHaveTextAsync(["1", "2", "3", "4", "5"]);
        await ada.SettledAsync();
    }

    [Fact]
    public async Task Room_WithAnotherHistory_IsReadAnew()
    {
        var room = await shared.MakeRoomAsync();
        await using var visitor = await chromium.VisitAsync(shared.Address);
        IWebSocketRoute? page = null;
        await visitor.Page.RouteWebSocketAsync("**/chat/ws", socket =>
        {
            page = socket;
            socket.ConnectToServer();
        });
        await using var ada = await Chatter.EnterAsync(visitor, shared, "Ada", room);
        await ada.SayAsync("one");
        await ada.SettledAsync();
        await ada.Messages.First.EvaluateAsync("item => item.dataset.old = 'yes'");

        page!.Send($$"""{"type":"reset","room":"{{room}}","first":1,"last":9,"next":"0000000000000001-9"}""");

        await Expect(ada.Page.Locator("#messages [data-old]")).ToHaveCountAsync(0);
        await Expect(ada.Texts).ToHaveTextAsync(["one"]);
        await Expect(ada.State).ToHaveTextAsync("Live");
        await ada.SayAsync("two");
        await Expect(ada.Texts).ToHaveTextAsync(["one", "two"]);
    }

    [Fact]
    public async Task WebSockets_NotLetThrough_EventsAndPostsServe()
    {
        var room = await shared.MakeRoomAsync();
        await using var visitor = await chromium.VisitAsync(shared.Address);
        await visitor.Page.RouteWebSocketAsync("**/chat/ws", socket => _ = socket.CloseAsync());
        await using var bob = await Chatter.EnterAsync(chromium, shared, "Bob", room);
        await using var ada = new Chatter(visitor);
        await ada.Page.GotoAsync("/chat/" + room);

        await Expect(ada.State).ToHaveTextAsync("Live, without WebSockets");
        await bob.SayAsync("can you read this?");
        await Expect(ada.Message("can you read this?")).ToBeVisibleAsync();
        await ada.SayAsync("I can");

        await Expect(bob.Message("I can")).ToBeVisibleAsync();
        await ada.SettledAsync();
        await Expect(ada.Texts).ToHaveTextAsync(["can you read this?", "I can"]);
        ada.Visitor.AssertQuiet();
    }
}
