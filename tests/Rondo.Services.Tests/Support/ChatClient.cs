using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Services.Tests.Support;

/// <summary>A well-behaved client of the chat's WebSocket.</summary>
internal sealed class ChatClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly byte[] _buffer = new byte[128 * 1024];

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    /// <summary>Connects as a guest of its own, or with a cookie that the server has given.</summary>
    public static async Task<ChatClient> ConnectAsync(Uri server, string path = "/chat/ws", string? cookie = null)
    {
        var client = new ChatClient();
        if (path == "/chat/ws")
        {
            client._socket.Options.AddSubProtocol("chat.v1");
        }

        if (cookie is not null)
        {
            client._socket.Options.SetRequestHeader("Cookie", "rondo_guest=" + cookie);
        }

        await client._socket.ConnectAsync(
            new UriBuilder(server) { Scheme = "ws", Path = path }.Uri, client._limit.Token);
        return client;
    }

    /// <summary>Connects and enters a room; what was missed is still to be read.</summary>
    public static async Task<ChatClient> HelloAsync(
        Uri server, string room = "lobby", string? after = null, string? name = null, string? cookie = null,
        string? key = null)
    {
        var client = await ConnectAsync(server, cookie: cookie);
        var hello = new JsonObject { ["type"] = "hello", ["room"] = room };
        foreach (var (member, value) in new[] { ("after", after), ("name", name), ("key", key) })
        {
            if (value is not null)
            {
                hello[member] = value;
            }
        }

        await client.SendAsync(hello.ToJsonString());
        return client;
    }

    public Task SendAsync(string frame) => _socket
        .SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, true, _limit.Token).AsTask();

    public Task SayAsync(string text, string? clientId = null, string room = "lobby")
    {
        var frame = new JsonObject { ["type"] = "send", ["room"] = room, ["text"] = text };
        if (clientId is not null)
        {
            frame["client_id"] = clientId;
        }

        return SendAsync(frame.ToJsonString());
    }

    /// <summary>The next frame; null when the server has closed.</summary>
    public async Task<JsonNode?> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), _limit.Token);
            length += part.Count;
            if (part.MessageType is WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return JsonNode.Parse(_buffer.AsSpan(0, length));
            }
        }
    }

    /// <summary>The next frame of a type; what comes before is passed over.</summary>
    public async Task<JsonNode> UntilAsync(string type)
    {
        var seen = new List<string>();
        while (await ReadAsync() is { } frame)
        {
            if (TypeOf(frame) == type)
            {
                return frame;
            }

            seen.Add(frame.ToJsonString());
        }

        throw new InvalidOperationException(
            $"Closed with {(int?)ClosedWith} before '{type}', after: {string.Join('\n', seen)}");
    }

    /// <summary>Every frame up to and with the first of a type.</summary>
    public async Task<List<JsonNode>> AllUntilAsync(string type)
    {
        var frames = new List<JsonNode>();
        do
        {
            frames.Add(await ReadAsync() ?? throw new InvalidOperationException($"Closed with {(int?)ClosedWith}."));
        }
        while (TypeOf(frames[^1]) != type);
        return frames;
    }

    /// <summary>Reads to the end; the code that the server has closed with.</summary>
    public async Task<int> CloseCodeAsync()
    {
        while (await ReadAsync() is not null)
        {
        }

        return (int)ClosedWith!.Value;
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _limit.Token);

    /// <summary>The type of a frame of chat.v1; "seed" for one of the talks' chat.</summary>
    public static string TypeOf(JsonNode frame) => frame["type"]?.GetValue<string>() ?? "seed";

    public void Dispose()
    {
        _socket.Dispose();
        _limit.Dispose();
    }
}
