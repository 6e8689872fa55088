using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

/// <summary>The chat over real sockets, as its clients see it.</summary>
public sealed class ChatSocketTests
{
    private const string Ann = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Bob = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Send_TwoPeople_BothSeeItOnceInOneOrder(string transport)
    {
        await using var server = await TestServer.StartAsync(
            options: new ServerOptions { Offline = true, Transport = transport });
        using var ann = await ChatClient.HelloAsync(server.Address, name: "Ann");
        using var bob = await ChatClient.HelloAsync(server.Address, name: "Bob");
        await ann.UntilAsync("live");
        await bob.UntilAsync("live");

        for (var i = 0; i < 5; i++)
        {
            await ann.SayAsync($"a{i}");
            await bob.SayAsync($"b{i}");
        }

        var (seenByAnn, seenByBob) = (await MessagesAsync(ann, 10), await MessagesAsync(bob, 10));
        Assert.Equal(Enumerable.Range(1, 10), seenByAnn.Select(Seq));
        Assert.Equal(seenByAnn.Select(m => m.ToJsonString()), seenByBob.Select(m => m.ToJsonString()));
        Assert.Equal(["a0", "a1", "a2", "a3", "a4"], Texts(seenByAnn).Where(t => t[0] == 'a'));
    }

    [Fact]
    public async Task Hello_AfterACut_GetsWhatWasMissedOnceWithEditsAndDeletions()
    {
        await using var server = await TestServer.StartAsync();
        using var bob = await ChatClient.HelloAsync(server.Address, cookie: Bob);
        await bob.UntilAsync("live");
        using (var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann))
        {
            await ann.UntilAsync("live");
            await bob.SayAsync("one");
            await ann.UntilAsync("message");
        }

        await bob.SayAsync("two");
        await bob.SayAsync("three");
        await AcksAsync(bob, 3);
        await bob.SendAsync("""{"type":"edit","seq":1,"text":"one, better"}""");
        await bob.SendAsync("""{"type":"delete","seq":2}""");
        await AcksAsync(bob, 2);

        using var back = await ChatClient.HelloAsync(server.Address, after: "1", cookie: Ann);
        var missed = (await back.AllUntilAsync("live")).Where(f => f["seq"] is not null).ToList();

        Assert.Equal([2, 3, 4, 5], missed.Select(Seq));
        Assert.Equal(["erased", "message", "edit", "delete"], missed.Select(ChatClient.TypeOf));
        await bob.SayAsync("four");
        Assert.Equal(6, Seq(await back.UntilAsync("message")));
        var (_, history) = await server.GetAsync("/chat/rooms/lobby/messages");
        Assert.Equal(["one, better", "three", "four"], Texts(JsonNode.Parse(history)!["messages"]!.AsArray()!));
    }

    [Fact]
    public async Task Events_OfAllForms_AreTheSame()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");
        await ann.SayAsync("hello <b>", "a1");
        var live = await ann.UntilAsync("message");

        using var late = await ChatClient.HelloAsync(server.Address, after: "0");
        var replayed = await late.UntilAsync("message");
        var (_, page) = await server.GetAsync("/chat/rooms/lobby/events?after=0&limit=10");
        await using var stream = await server.Client.GetStreamAsync(
            "/chat/rooms/lobby/events?after=0", TestContext.Current.CancellationToken);
        using var lines = new StreamReader(stream);
        var data = "";
        while (!data.StartsWith("data: ", StringComparison.Ordinal))
        {
            data = (await lines.ReadLineAsync(TestContext.Current.CancellationToken))!;
        }

        Assert.All(
            [replayed, JsonNode.Parse(page)!["events"]![0]!, JsonNode.Parse(data[6..])!],
            form => Assert.Equal(live.ToJsonString(), form.ToJsonString()));
    }

    [Fact]
    public async Task Send_ClientIdAgain_GivesTheSameAcknowledgementOrConflicts()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann);
        using var bob = await ChatClient.HelloAsync(server.Address, cookie: Bob);
        await ann.UntilAsync("live");
        await bob.UntilAsync("live");
        await ann.SayAsync("hello", "x");
        var first = await ann.UntilAsync("ack");
        await ann.SayAsync("hello", "x");
        var again = await ann.UntilAsync("ack");
        await ann.SayAsync("something else", "x");
        var refused = await ann.UntilAsync("error");
        await ann.SendAsync("""{"type":"name","name":"Cleo"}""");
        await ann.SayAsync("hello", "x");
        var renamed = await ann.UntilAsync("ack");
        await bob.SayAsync("hello", "x");
        var others = await bob.UntilAsync("ack");

        Assert.Equal(first.ToJsonString(), again.ToJsonString());
        Assert.Equal(first.ToJsonString(), renamed.ToJsonString());
        Assert.Equal("client-id-reused", refused["code"]!.GetValue<string>());
        Assert.Equal("x", refused["client_id"]!.GetValue<string>());
        Assert.Equal(2, Seq(others));
    }

    [Fact]
    public async Task Edit_OfADeletedMessage_IsAConflict()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.SayAsync("oops");
        await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"delete","seq":1}""");
        await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"edit","seq":1,"text":"a"}""");

        Assert.Equal("edit-conflict", (await ann.UntilAsync("error"))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Delete_BySomebodyElse_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann);
        using var bob = await ChatClient.HelloAsync(server.Address, cookie: Bob);
        await ann.SayAsync("mine");
        await ann.UntilAsync("ack");
        foreach (var frame in new[] { """{"type":"delete","seq":1}""", """{"type":"edit","seq":1,"text":"b"}""" })
        {
            await bob.SendAsync(frame);
            Assert.Equal("not-allowed", (await bob.UntilAsync("error"))["code"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Delete_Acknowledged_TextIsInNoFile()
    {
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            using var ann = await ChatClient.HelloAsync(server.Address);
            await ann.SayAsync("the secret word is xylophone-42");
            await ann.UntilAsync("ack");
            await ann.SendAsync("""{"type":"edit","seq":1,"text":"the better secret is zeppelin-43"}""");
            await ann.UntilAsync("ack");
            await ann.SendAsync("""{"type":"delete","seq":1}""");
            await ann.UntilAsync("ack");

            Assert.All(Directory.EnumerateFiles(folder.Path, "events.db*"), file =>
            {
                using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var bytes = new MemoryStream();
                open.CopyTo(bytes);
                var text = Encoding.Latin1.GetString(bytes.ToArray());
                Assert.DoesNotContain("xylophone", text);
                Assert.DoesNotContain("zeppelin", text);
            });
        }
    }

    [Fact]
    public async Task Open_DeletionWasCutOff_IsFinished()
    {
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("xylophone"));

            // As the process leaves it when it dies between the two steps.
            await server.Services.GetRequiredService<IEventStore>().AppendAsync(
                "chat/lobby",
                [new NewEvent("delete", """{"from":{"id":"g-1"},"target":1}"""u8.ToArray())],
                cancellation: TestContext.Current.CancellationToken);
        }

        await using var again = await TestServer.StartAsync(folder: folder);
        var (_, history) = await again.GetAsync("/chat/rooms/lobby/messages");
        var (_, events) = await again.GetAsync("/chat/rooms/lobby/events?after=0&limit=9");

        Assert.Empty(JsonNode.Parse(history)!["messages"]!.AsArray());
        Assert.DoesNotContain("xylophone", events);
    }

    [Fact]
    public async Task Hello_TwoTabs_AreOnePerson()
    {
        await using var server = await TestServer.StartAsync();
        using var first = await ChatClient.HelloAsync(server.Address, name: "Ann", cookie: Ann);
        using var second = await ChatClient.HelloAsync(server.Address, name: "Ann", cookie: Ann);
        using var other = await ChatClient.HelloAsync(server.Address, name: "ÀNN", cookie: Bob);
        var you = await first.UntilAsync("welcome");
        var also = await second.UntilAsync("welcome");

        Assert.Equal("name-taken", (await other.UntilAsync("error"))["code"]!.GetValue<string>());
        Assert.Equal(you["you"]!.ToJsonString(), also["you"]!.ToJsonString());
        var (_, here) = await server.GetAsync("/chat/rooms/lobby/presence");
        Assert.Single(JsonNode.Parse(here)!["present"]!.AsArray());
        await first.SayAsync("hi");
        Assert.Equal(Seq(await first.UntilAsync("message")), Seq(await second.UntilAsync("message")));
    }

    [Fact]
    public async Task ClockSetBack_TimesAndOrder_DoNotGoBack()
    {
        var time = new ManualTime(TestServer.Friday);
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(time: time, folder: folder))
        {
            await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("one"));
        }

        var earlier = new ManualTime(TestServer.Friday - TimeSpan.FromDays(1));
        await using var again = await TestServer.StartAsync(time: earlier, folder: folder);
        await again.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("two"));
        var (_, history) = await again.GetAsync("/chat/rooms/lobby/messages");

        var messages = JsonNode.Parse(history)!["messages"]!.AsArray();
        Assert.Equal(["one", "two"], Texts(messages!));
        Assert.Equal(messages[0]!["at"]!.GetValue<string>(), messages[1]!["at"]!.GetValue<string>());
    }

    [Fact]
    public async Task Stop_OpenSockets_AreClosedGoingAway()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");
        var stopping = server.StopAsync();

        Assert.Equal(1001, await ann.CloseCodeAsync());
        await ann.CloseAsync();
        await stopping;
    }

    private static async Task<List<JsonNode>> MessagesAsync(ChatClient client, int count)
    {
        var messages = new List<JsonNode>();
        while (messages.Count < count)
        {
            messages.Add(await client.UntilAsync("message"));
        }

        return messages;
    }

    private static async Task AcksAsync(ChatClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.UntilAsync("ack");
        }
    }

    private static IEnumerable<string> Texts(IEnumerable<JsonNode> messages) =>
        messages.Select(m => m["text"]!.GetValue<string>());

    private static int Seq(JsonNode frame) => frame["seq"]!.GetValue<int>();
}
