#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The talk's noise dashboard: devices send their levels over WebSockets, everybody sees all rooms. The talk passed each
// frame on to each viewer; here the board keeps the newest level of a room and tells all of them at once, now and then.
// It lives on one event loop: handlers come to it, and nothing is locked. Two rooms are heard, two viewers watch, and
// it stops.
//
// > 100 frames came in
// > Ann sees: Canteen 72, Lobby 49
// > Bob sees: Canteen 72, Lobby 49
// > 2 frames went out, not 200

using System.Net.WebSockets;
using System.Text.Json;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var board = new NoiseBoard();
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseEventLoop();
    var app = builder.Build();
    app.UseWebSockets();
    app.Map("/websocket", async (HttpContext context) =>
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();

        // From here on, every line of this handler runs on the board's loop.
        await loop.SwitchTo();
        await board.ServeAsync(socket);
    });
    app.Urls.Add("http://127.0.0.1:0");
    await app.StartAsync();

    var address = new Uri(app.Urls.First().Replace("http:", "ws:") + "/websocket");
    using (var ann = await ConnectAsync(address))
    using (var bob = await ConnectAsync(address))
    {
        for (var i = 0; i < 50; i++)
        {
            await NoiseBoard.WriteAsync(ann, new { value = i, name = "Lobby" });
            await NoiseBoard.WriteAsync(bob, new { value = 72, name = "Canteen" });
        }

        while (board.Received < 100)
        {
            await loop.Delay(TimeSpan.FromMilliseconds(1));
        }

        Console.WriteLine($"{board.Received} frames came in");
        await board.TellAsync();
        Console.WriteLine($"Ann sees: {await SeenAsync(ann)}");
        Console.WriteLine($"Bob sees: {await SeenAsync(bob)}");
        Console.WriteLine($"{board.Sent} frames went out, not {board.Received * 2}");
        await ann.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    await app.StopAsync();
});

static async Task<ClientWebSocket> ConnectAsync(Uri address)
{
    var socket = new ClientWebSocket();
    await socket.ConnectAsync(address, default);
    return socket;
}

static async Task<string> SeenAsync(WebSocket socket)
{
    using var rooms = JsonDocument.Parse((await NoiseBoard.ReadAsync(socket))!);
    return string.Join(", ", rooms.RootElement.EnumerateArray()
        .Select(room => $"{room.GetProperty("name").GetString()} {room.GetProperty("value").GetDouble()}"));
}

/// <summary>The newest level of each room, and who watches. Its loop's alone.</summary>
internal sealed class NoiseBoard
{
    private readonly SortedDictionary<string, double> _rooms = new(StringComparer.Ordinal);
    private readonly List<WebSocket> _viewers = [];

    public int Received { get; private set; }

    public int Sent { get; private set; }

    public async Task ServeAsync(WebSocket socket)
    {
        _viewers.Add(socket);
        try
        {
            while (await ReadAsync(socket) is { } frame)
            {
                using var level = JsonDocument.Parse(frame);
                _rooms[level.RootElement.GetProperty("name").GetString()!] =
                    level.RootElement.GetProperty("value").GetDouble();
                Received++;
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        finally
        {
            _viewers.Remove(socket);
        }
    }

    /// <summary>All rooms to all viewers: what a server would do once a second.</summary>
    public async Task TellAsync()
    {
        var rooms = _rooms.Select(room => new { name = room.Key, value = room.Value }).ToList();
        foreach (var viewer in _viewers.ToList())
        {
            await WriteAsync(viewer, rooms);
            Sent++;
        }
    }

    /// <summary>A short text; null when the other side closes or goes on for too long.</summary>
    public static async Task<byte[]?> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[1024];
        for (var length = 0; length < buffer.Length;)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), default);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return buffer[..length];
            }
        }

        return null;
    }

    public static ValueTask WriteAsync(WebSocket socket, object content) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(content).AsMemory(), WebSocketMessageType.Text, true, default);
}
