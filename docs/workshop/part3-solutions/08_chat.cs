#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 8: WebSockets and a chat
// What one says, all hear, the sender too, and all in the same order. The room lives on one event loop, so nothing is
// locked. Ann and Bob talk, and the program ends.
//
// > Ann hears: Hello, Bob
// > Bob hears: Hello, Bob
// ? Every member gets every text: WriteAsync(member, text) for each of _members.
// > Ann hears: Hello, Ann
// > Bob hears: Hello, Ann
// > Ann leaves: 1 member
// ? Add the member before the first read, and remove it in a 'finally': people leave without a word, too.

using System.Net.WebSockets;
using System.Text;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

EventLoop.Run(async () =>
{
    var loop = EventLoop.Running!;
    var room = new Room();
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseEventLoop();
    var app = builder.Build();
    app.UseWebSockets();
    app.Map("/chatsocket", async (HttpContext context) =>
    {
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
        await UntilAsync(() => room.Members == 2);
        foreach (var (who, text) in new[] { (ann, "Hello, Bob"), (bob, "Hello, Ann") })
        {
            await Room.WriteAsync(who, text);
            Console.WriteLine($"Ann hears: {await Room.ReadAsync(ann)}");
            Console.WriteLine($"Bob hears: {await Room.ReadAsync(bob)}");
        }

        await ann.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await UntilAsync(() => room.Members == 1);
        Console.WriteLine($"Ann leaves: {room.Members} member");
        await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    await app.StopAsync();

    async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 1000 && !holds(); i++)
        {
            await loop.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
});

static async Task<ClientWebSocket> ConnectAsync(Uri address)
{
    var socket = new ClientWebSocket();
    await socket.ConnectAsync(address, default);
    return socket;
}

/// <summary>Those who talk. Its loop's alone.</summary>
internal sealed class Room
{
    private readonly List<WebSocket> _members = [];

    // Two sends to one socket must not overlap.
    private readonly SemaphoreSlim _speaking = new(1);

    public int Members => _members.Count;

    public async Task ServeAsync(WebSocket socket)
    {
        _members.Add(socket);
        try
        {
            while (await ReadAsync(socket) is { } text)
            {
                await SayAsync(text);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        finally
        {
            _members.Remove(socket);
        }
    }

    private async Task SayAsync(string text)
    {
        await _speaking.WaitAsync();
        try
        {
            foreach (var member in _members.ToList())
            {
                await WriteAsync(member, text);
            }
        }
        finally
        {
            _speaking.Release();
        }
    }

    /// <summary>A short text; null when the other side closes or goes on for too long.</summary>
    public static async Task<string?> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
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
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }

        return null;
    }

    public static ValueTask WriteAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, default);
}
