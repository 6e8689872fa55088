#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// A WebSocket that answers every text, and closes when it is told to. This one talks to itself and stops.
//
// > hi/answer
// > how are you/answer
// > closed

using System.Net.WebSockets;
using System.Text;
using Rondo.Transport.Kestrel;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
var app = builder.Build();
app.UseWebSockets();
app.Map("/ws", async (HttpContext context) =>
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    while (await ReadAsync(socket) is { } text and not "close")
    {
        await WriteAsync(socket, text + "/answer");
    }

    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
});
app.Urls.Add("http://127.0.0.1:0");
await app.StartAsync();

using (var client = new ClientWebSocket())
{
    await client.ConnectAsync(new Uri(app.Urls.First().Replace("http:", "ws:") + "/ws"), default);
    foreach (var text in (string[])["hi", "how are you", "close"])
    {
        await WriteAsync(client, text);
        Console.WriteLine(await ReadAsync(client) ?? "closed");
    }

    await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
}

await app.StopAsync();

// Null when the other side closes.
static async Task<string?> ReadAsync(WebSocket socket)
{
    var buffer = new byte[1024];
    var length = 0;
    while (await socket.ReceiveAsync(buffer.AsMemory(length), default) is var part)
    {
        length += part.Count;
        if (part.MessageType == WebSocketMessageType.Close)
        {
            return null;
        }

        if (part.EndOfMessage)
        {
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }

    return null;
}

static ValueTask WriteAsync(WebSocket socket, string text) =>
    socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, default);
