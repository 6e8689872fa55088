using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Chat;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

/// <summary>Much at once, too fast, too slow, too full: over real sockets.</summary>
public sealed class ChatLimitsTests
{
    [Fact]
    public async Task Hello_ManyGuests_AllComeInUnderNamesOfTheirOwn()
    {
        await using var server = await TestServer.StartAsync();
        var guests = new List<ChatClient>();
        try
        {
            // Among so many, two short names are the same by chance.
            for (var i = 0; i < 600; i++)
            {
                guests.Add(await ChatClient.HelloAsync(server.Address, cookie: $"{i:x32}"));
            }

            foreach (var guest in guests)
            {
                await guest.UntilAsync("live");
            }

            var (_, here) = await server.GetAsync("/chat/rooms/lobby/presence");
            var names = JsonNode.Parse(here)!["present"]!.AsArray()
                .Select(p => p!["name"]!.GetValue<string>()).ToList();
            Assert.Equal(600, names.Distinct().Count());
            Assert.Contains(names, n => n.Length > "guest-1234".Length);
        }
        finally
        {
            guests.ForEach(g => g.Dispose());
        }
    }

    [Fact]
    public async Task Send_Flood_IsSlowedAndThenClosed()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));
        using var bob = await ChatClient.HelloAsync(server.Address);
        using var ann = await ChatClient.HelloAsync(server.Address);
        await bob.UntilAsync("live");
        await ann.UntilAsync("live");
        for (var i = 0; i < 70; i++)
        {
            await ann.SayAsync("flood");
        }

        var refused = 0;
        while (await ann.ReadAsync() is { } frame)
        {
            refused += frame["code"]?.GetValue<string>() == "too-fast" ? 1 : 0;
            Assert.True(ChatClient.TypeOf(frame) != "error" || frame["retry_after_ms"]!.GetValue<long>() > 0);
        }

        await MessagesAsync(bob, 10);
        var (_, history) = await server.GetAsync("/chat/rooms/lobby/messages");
        Assert.Equal((50, 4429), (refused, (int)ann.ClosedWith!.Value));
        Assert.Equal(10, JsonNode.Parse(history)!["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task Reader_TooSlow_IsClosedAndResumes()
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Chat":{"MessagesPerSecond":100000,"Burst":100000}}""");
        using var slow = await RawWebSocket.ConnectAsync(server.Address, "/chat/ws");
        await slow.WriteAsync(RawWebSocket.TextFrame("""{"type":"hello"}"""));
        while (!(await slow.ReadTextAsync()).Contains("\"live\"", StringComparison.Ordinal))
        {
        }

        // Enough to fill what the two ends of the connection hold, and the queue behind it.
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");
        var text = new string('x', 4000);
        const int messages = 3000;
        for (var i = 0; i < messages; i++)
        {
            await ann.SayAsync(text);
            if (i % 100 == 99)
            {
                await AcksAsync(ann, 100);
            }
        }

        // What was on its way, then the end: with the code if there was room for it.
        var seen = 0;
        var code = RawWebSocket.NoClose;
        while (await slow.ReadAsync() is var (opcode, payload))
        {
            seen += opcode == RawWebSocket.Text ? 1 : 0;
            code = opcode == RawWebSocket.Close ? (payload[0] << 8) | payload[1] : code;
        }

        Assert.InRange(seen, 0, messages - 1);
        Assert.Contains(code, new[] { 4408, RawWebSocket.NoClose });
        using var back = await ChatClient.HelloAsync(server.Address, after: $"{seen}");
        var missed = (await back.AllUntilAsync("live")).Where(f => ChatClient.TypeOf(f) == "message").Select(Seq);
        Assert.Equal(Enumerable.Range(seen + 1, messages - seen), missed);
    }

    [Fact]
    public async Task Rooms_TenThousand_AreListedAndServed()
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        var rooms = Enumerable.Range(0, 9999).Select(i => new NewEvent(
            "room", JsonSerializer.SerializeToUtf8Bytes(new RoomConfig { Name = $"room-{i}" }, RoomConfig.Json)));
        foreach (var some in rooms.Chunk(1000))
        {
            await server.Services.GetRequiredService<IEventStore>().AppendAsync(
                "chat", some, cancellation: TestContext.Current.CancellationToken);
        }

        var (_, list) = await server.GetAsync("/chat/rooms");
        Assert.Equal(10_000, JsonNode.Parse(list)!["rooms"]!.AsArray().Count);
        var (tooMany, _) = await server.SendAsync("PUT", "/chat/rooms/one-more", new StringContent("{}"), key);
        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        var (_, status) = await server.GetAsync("/chat/status");
        Assert.Equal(0, JsonNode.Parse(status)!["open"]!.GetValue<int>());
        using var ann = await ChatClient.ConnectAsync(server.Address);
        for (var i = 0; i < 100; i++)
        {
            await ann.SendAsync($$"""{"type":"hello","room":"room-{{i}}"}""");
            await ann.UntilAsync("live");
        }

        await ann.SendAsync("""{"type":"hello","room":"room-100"}""");
        Assert.Equal("too-many", (await ann.UntilAsync("error"))["code"]!.GetValue<string>());
        await ann.SayAsync("hi", room: "room-99");
        Assert.Equal("room-99", (await ann.UntilAsync("message"))["room"]!.GetValue<string>());
        (_, status) = await server.GetAsync("/chat/status");
        Assert.Equal(100, JsonNode.Parse(status)!["open"]!.GetValue<int>());
    }

    [Fact]
    public async Task DiskFull_NothingIsAcknowledged_AndItGoesOn()
    {
        var full = new FullableStore();
        await using var server = await TestServer.StartAsync(configure: services =>
            services.AddSingleton<IEventStore>(provider => full.Over(TestDatabase.StoreOf(provider))));
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        full.IsFull = true;
        await ann.SayAsync("lost?", "1");
        Assert.Equal("store-full", (await ann.UntilAsync("error"))["code"]!.GetValue<string>());
        var (refused, _) = await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("lost?"));
        Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
        var (unchanged, _) = await server.SendAsync(
            "PUT", "/chat/rooms/lobby", new StringContent("""{"read_only":true}"""), key);
        Assert.Equal(HttpStatusCode.InsufficientStorage, unchanged.StatusCode);
        full.IsFull = false;
        await ann.SayAsync("lost?", "1");

        Assert.Equal(1, Seq(await ann.UntilAsync("ack")));
    }

    [Fact]
    public async Task Connections_OneTooMany_IsAnswered503()
    {
        await using var server = await TestServer.StartAsync(settings: """{"Chat":{"Connections":1}}""");
        using var first = await ChatClient.HelloAsync(server.Address);
        await first.UntilAsync("live");

        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(
            () => ChatClient.ConnectAsync(server.Address));
        Assert.Contains("503", refused.Message);
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

    private static int Seq(JsonNode frame) => frame["seq"]!.GetValue<int>();
}
