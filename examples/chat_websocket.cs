#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The talk's chat over WebSockets: what one says, all see, the sender too. The room lives on one event loop: handlers
// come to it, and nothing is locked. Ann and Bob talk, then it stops.
//
// > Ann sees: Hello, Bob
// > Bob sees: Hello, Bob
// > Ann sees: Hello, <b>Ann</b>
// > Bob sees: Hello, <b>Ann</b>
// > another site's page: 403

using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var room = new ChatRoom();
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseEventLoop();
    var app = builder.Build();
    app.UseWebSockets();
    app.Map("/chatsocket", async (HttpContext context) =>
    {
        // The platform lets any site's page in.
        if (context.Request.Headers.Origin is [{ } origin] && new Uri(origin).Authority != context.Request.Host.Value)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();

        // From here on, every line of this handler runs on the room's loop.
        await loop.SwitchTo();
        await room.ServeAsync(socket);
    });
    app.Urls.Add("http://127.0.0.1:0");
    await app.StartAsync();

    var address = new Uri(app.Urls.First().Replace("http:", "ws:") + "/chatsocket");
    using (var ann = await ConnectAsync(address))
    using (var bob = await ConnectAsync(address))
    {
        while (room.Members < 2)
        {
            await loop.Delay(TimeSpan.FromMilliseconds(1));
        }

        foreach (var (who, text) in new[] { (ann, "Hello, Bob"), (bob, "Hello, <b>Ann</b>") })
        {
            await ChatRoom.WriteAsync(who, JsonSerializer.SerializeToUtf8Bytes(new { body = text }));
            Console.WriteLine($"Ann sees: {await SeenAsync(ann)}");
            Console.WriteLine($"Bob sees: {await SeenAsync(bob)}");
        }

        await ann.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    using (var elsewhere = new ClientWebSocket())
    {
        elsewhere.Options.SetRequestHeader("Origin", "http://elsewhere.example");
        elsewhere.Options.CollectHttpResponseDetails = true;
        await Assert403Async(elsewhere, address);
    }

    await app.StopAsync();
});

static async Task Assert403Async(ClientWebSocket socket, Uri address)
{
    try
    {
        await socket.ConnectAsync(address, default);
    }
    catch (WebSocketException)
    {
        Console.WriteLine($"another site's page: {(int)socket.HttpStatusCode}");
    }
}

static async Task<ClientWebSocket> ConnectAsync(Uri address)
{
    var socket = new ClientWebSocket();
    await socket.ConnectAsync(address, default);
    return socket;
}

static async Task<string> SeenAsync(WebSocket socket)
{
    using var message = JsonDocument.Parse((await ChatRoom.ReadAsync(socket))!);
    return message.RootElement.GetProperty("body").GetString()!;
}

/// <summary>Those who talk. Its loop's alone.</summary>
internal sealed class ChatRoom
{
    private const int MostBytes = 64 * 1024;

    private readonly List<WebSocket> _members = [];
    private readonly SemaphoreSlim _speaking = new(1);

    public int Members => _members.Count;

    public async Task ServeAsync(WebSocket socket)
    {
        _members.Add(socket);
        try
        {
            while (await ReadAsync(socket) is { } frame)
            {
                using var said = JsonDocument.Parse(frame);
                await SayAsync(said.RootElement.GetProperty("body").GetString()!);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        finally
        {
            _members.Remove(socket);
        }
    }

    // One after the other, so that all see one order; made for the wire once.
    private async Task SayAsync(string body)
    {
        var id = Guid.NewGuid().ToString();
        var html = $"<div class=\"message\" id=\"m{id}\">{WebUtility.HtmlEncode(body)}</div>\n";
        var frame = JsonSerializer.SerializeToUtf8Bytes(new { id, body, html });
        await _speaking.WaitAsync();
        try
        {
            foreach (var member in _members.ToList())
            {
                await WriteAsync(member, frame);
            }
        }
        finally
        {
            _speaking.Release();
        }
    }

    /// <summary>A whole text; null when the other side closes or goes on for too long.</summary>
    public static async Task<byte[]?> ReadAsync(WebSocket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        while (text.Length < MostBytes)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), default);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return text.ToArray();
            }
        }

        return null;
    }

    public static ValueTask WriteAsync(WebSocket socket, byte[] text) =>
        socket.SendAsync(text.AsMemory(), WebSocketMessageType.Text, true, default);
}
