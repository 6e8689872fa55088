using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Chat;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

/// <summary>Changes of what was said, while others come, and the end of it all.</summary>
public sealed class ChatChangesTests
{
    private const string Ann = "0000000000000000000000000000000a";
    private const string Bob = "0000000000000000000000000000000b";

    [Fact]
    public async Task Delete_BehindAnEditThatTakesLong_WaitsForIt()
    {
        var read = new TaskCompletionSource();
        var store = new FullableStore();
        await using var server = await TestServer.StartAsync(
            configure: services => services.AddSingleton<IEventStore>(
                provider => store.Over(TestDatabase.StoreOf(provider))));
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");
        await ann.SayAsync("as it was");
        await ann.UntilAsync("ack");

        // The edit looks for its message; the deletion has its chance while the pings behind it are answered.
        store.BeforeRead = _ =>
        {
            store.BeforeRead = _ => Task.CompletedTask;
            return read.Task;
        };
        await ann.SendAsync("""{"type":"edit","seq":1,"text":"better"}""");
        await ann.SendAsync("""{"type":"delete","seq":1}""");
        for (var ping = 0; ping < 100; ping++)
        {
            await ann.SendAsync("""{"type":"ping"}""");
            await ann.UntilAsync("pong");
        }

        read.SetResult();
        await ann.UntilAsync("ack");
        await ann.UntilAsync("ack");

        // A deletion takes the text of the edits before it with it.
        var (_, events) = await server.GetAsync("/chat/rooms/lobby/events?after=0&limit=10");
        Assert.Equal(
            ["erased", "erased", "delete"],
            JsonNode.Parse(events)!["events"]!.AsArray().Select(e => ChatClient.TypeOf(e!)));
    }

    [Fact]
    public async Task Delete_Again_IsAcknowledgedAsBeforeToWhoeverDeletedIt()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann);
        await ann.UntilAsync("live");
        await ann.SayAsync("a");
        await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"delete","seq":1,"client_id":"d"}""");
        var first = await ann.UntilAsync("ack");

        await ann.SendAsync("""{"type":"delete","seq":1,"client_id":"d"}""");
        var second = await ann.UntilAsync("ack");
        var (byHttp, _) = await server.SendAsync(
            "DELETE", "/chat/rooms/lobby/messages/1", null, "Cookie: rondo_guest=" + Ann);
        var (byBob, _) = await server.SendAsync(
            "DELETE", "/chat/rooms/lobby/messages/1", null, "Cookie: rondo_guest=" + Bob);
        var (_, events) = await server.GetAsync("/chat/rooms/lobby/events?after=0&limit=10");

        Assert.Equal(first["seq"]!.GetValue<long>(), second["seq"]!.GetValue<long>());
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Conflict), (byHttp.StatusCode, byBob.StatusCode));
        Assert.Equal(2, JsonNode.Parse(events)!["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task Delete_AgainAfterACrowdHasSpoken_IsAcknowledgedAsBefore()
    {
        await using var server = await TestServer.StartAsync();
        var bytes = """{"from":{"id":"g-x","name":"x","role":"guest"},"text":"t"}"""u8.ToArray();
        await server.SendAsync(
            "POST", "/chat/rooms/lobby/messages", new StringContent("""{"text":"a"}""", null, "application/json"),
            "Cookie: rondo_guest=" + Ann);
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync());
        await server.Services.GetRequiredService<IEventStore>().AppendAsync(
            Room.StreamOf("lobby"), [.. Enumerable.Repeat(new NewEvent(ChatJson.Message, bytes), 900)],
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync());

        async Task<HttpStatusCode> DeleteAsync()
        {
            var (answer, _) = await server.SendAsync(
                "DELETE", "/chat/rooms/lobby/messages/1", null, "Cookie: rondo_guest=" + Ann);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Edit_AgainUnderAnotherName_IsAcknowledgedAsBefore()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann, name: "Ann");
        await ann.UntilAsync("live");
        await ann.SayAsync("a");
        await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"edit","seq":1,"text":"b","client_id":"e"}""");
        var first = await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"name","name":"Anna"}""");

        await ann.SendAsync("""{"type":"edit","seq":1,"text":"b","client_id":"e"}""");
        var second = await ann.UntilAsync("ack");
        await ann.SendAsync("""{"type":"edit","seq":1,"text":"c","client_id":"e"}""");
        var other = await ann.UntilAsync("error");

        Assert.Equal(first["seq"]!.GetValue<long>(), second["seq"]!.GetValue<long>());
        Assert.Equal("client-id-reused", other["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Hello_AheadOfTheRoomWhileItCatchesUp_MissesNothing()
    {
        var (told, store) = (new TaskCompletionSource(), new FullableStore());
        await using var server = await TestServer.StartAsync(
            configure: services => services.AddSingleton<IEventStore>(
                provider => store.Over(TestDatabase.StoreOf(provider))));
        using var ann = await ChatClient.HelloAsync(server.Address);
        await ann.UntilAsync("live");

        // Bob knows an event that is durable and that the room has not told yet. While he is read that there is none
        // behind it, the room tells that and the next.
        store.BeforeWatched = () => told.Task;
        await ann.SayAsync("one");
        await ann.UntilAsync("ack");
        store.AfterRead = async after =>
        {
            if (after is { Seq: 1 })
            {
                store.AfterRead = _ => Task.CompletedTask;
                await ann.SayAsync("two");
                await ann.UntilAsync("ack");
                told.SetResult();
                await ann.UntilAsync("message");
                await ann.UntilAsync("message");
            }
        };
        using var bob = await ChatClient.HelloAsync(server.Address, after: "1");
        var missed = (await bob.AllUntilAsync("live")).Where(f => ChatClient.TypeOf(f) == "message");

        Assert.Equal(["two"], missed.Select(m => m["text"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Open_ErasureOfAnEditWasCutOff_IsFinished()
    {
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            var store = server.Services.GetRequiredService<IEventStore>();
            await store.AppendAsync(
                "chat/lobby",
                [
                    new NewEvent("message", """{"from":{"id":"g-1"},"text":"a"}"""u8.ToArray()),
                    new NewEvent("edit", """{"from":{"id":"g-1"},"target":1,"text":"xylophone"}"""u8.ToArray()),
                    new NewEvent("delete", """{"from":{"id":"g-1"},"target":1}"""u8.ToArray()),
                ],
                cancellation: TestContext.Current.CancellationToken);
            await store.EraseAsync("chat/lobby", 1, TestContext.Current.CancellationToken);
        }

        await using var again = await TestServer.StartAsync(folder: folder);
        await again.GetAsync("/chat/rooms/lobby/messages");
        var (_, events) = await again.GetAsync("/chat/rooms/lobby/events?after=0&limit=9");

        Assert.DoesNotContain("xylophone", events);
    }

    [Fact]
    public async Task Stop_WithPeopleInARoom_LogsNoError()
    {
        var logs = new LogCapture();
        using (var folder = new TestFolder())
        {
            var server = await TestServer.StartAsync(logs: logs, folder: folder);
            using var ann = await ChatClient.HelloAsync(server.Address);
            await ann.UntilAsync("live");
            await ann.SayAsync("good night");
            await ann.UntilAsync("ack");
            var stopping = server.DisposeAsync();
            await ann.CloseCodeAsync();
            await ann.CloseAsync();
            await stopping;
        }

        Assert.DoesNotContain(logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }
}
