using System.Text.Json.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Sqlite;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

/// <summary>Changes of what was said, while others come, and the end of it all.</summary>
public sealed class ChatChangesTests
{
    [Fact]
    public async Task Delete_BehindAnEditThatTakesLong_WaitsForIt()
    {
        var read = new TaskCompletionSource();
        var store = new FullableStore();
        await using var server = await TestServer.StartAsync(
            configure: services => services.AddSingleton<IEventStore>(
                provider => store.Over(provider.GetRequiredService<SqliteEventStore>())));
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
