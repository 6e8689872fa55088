using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Services.Tests.Support;

/// <summary>A device of a room, over the WebSocket of devices.</summary>
internal sealed class NoiseClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly byte[] _buffer = new byte[4096];

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    public static async Task<NoiseClient> ConnectAsync(Uri server, string? bearer = null)
    {
        var client = new NoiseClient();
        client._socket.Options.AddSubProtocol("rondo.noise.v1");
        if (bearer is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", "Bearer " + bearer);
        }

        await client._socket.ConnectAsync(
            new UriBuilder(server) { Scheme = "ws", Path = "/noise/publish" }.Uri, client._limit.Token);
        return client;
    }

    /// <summary>Connects and says hello; the answer is read.</summary>
    public static async Task<(NoiseClient Client, JsonNode Hello)> HelloAsync(
        Uri server, string token, string room = "lobby", string device = "d1", DateTimeOffset? now = null)
    {
        var client = await ConnectAsync(server);
        await client.SendAsync(Hello(token, room, device, now));
        return (client, (await client.ReadAsync())!["hello"]!);
    }

    public static string Hello(string token, string room = "lobby", string device = "d1", DateTimeOffset? now = null)
    {
        var hello = new JsonObject { ["room"] = room, ["device"] = device, ["token"] = token };
        if (now is { } moment)
        {
            hello["now"] = Time(moment);
        }

        return new JsonObject { ["v"] = 1, ["hello"] = hello }.ToJsonString();
    }

    /// <summary>A frame as a good device sends it.</summary>
    public static JsonObject Frame(
        long seq, DateTimeOffset start, double laeq = 52.3, double? lafmax = null, double seconds = 1,
        string room = "lobby", string device = "d1", params string[] flags) => new()
        {
            ["v"] = 1,
            ["room"] = room,
            ["device"] = device,
            ["seq"] = seq,
            ["t0"] = Time(start),
            ["dur"] = seconds,
            ["laeq"] = laeq,
            ["lafmax"] = lafmax ?? laeq + 5,
            ["lcpeak"] = null,
            ["flags"] = new JsonArray([.. flags.Select(f => JsonValue.Create(f))]),
            ["fs"] = 48_000,
        };

    /// <summary>Makes a room and a device in it; the device's token.</summary>
    public static async Task<string> EnrolAsync(
        TestServer server, string admin, string room = "lobby", string device = "d1", object? settings = null)
    {
        await server.SendAsync(
            "PUT", "/noise/rooms/" + room, JsonContent.Create(settings ?? new { kind = "lobby" }), Keys.Bearer(admin));
        var (response, body) = await server.SendAsync(
            "POST", $"/noise/rooms/{room}/devices", JsonContent.Create(new { device }), Keys.Bearer(admin));
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!.Text("token");
    }

    public Task SendAsync(JsonObject frame) => SendAsync(frame.ToJsonString());

    public Task SendAsync(string frame) => _socket
        .SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, true, _limit.Token).AsTask();

    /// <summary>The next message; null when the server has closed.</summary>
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

    /// <summary>Reads until everything up to a sequence is acknowledged; errors on the way end it.</summary>
    public async Task UntilAckAsync(long seq)
    {
        while (await ReadAsync() is { } message)
        {
            Assert.True(message["error"] is null, message.ToJsonString());
            if (message["ack"]?.GetValue<long>() >= seq)
            {
                return;
            }
        }

        Assert.Fail($"Closed with {(int?)ClosedWith} {CloseReason} before {seq} was acknowledged.");
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

    public void Dispose()
    {
        _socket.Dispose();
        _limit.Dispose();
    }

    public static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
