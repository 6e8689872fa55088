using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosProgram;

/// <summary>JSON objects on a WebSocket, one in each text frame.</summary>
internal static class SocketFrames
{
    private const int MostBytes = 64 * 1024;

    public static Task SayAsync(this ClientWebSocket socket, JsonObject frame, CancellationToken cancellation) => socket
        .SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame), WebSocketMessageType.Text, true, cancellation);

    /// <summary>Hands each frame to <paramref name="take"/> while it says that there is more to come.</summary>
    /// <exception cref="IOException">The server has closed.</exception>
    public static async Task ReadAllAsync(
        this ClientWebSocket socket, Func<JsonElement, bool> take, CancellationToken cancellation)
    {
        var buffer = new byte[MostBytes];
        var goesOn = true;
        while (goesOn)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                throw new IOException($"Closed with {socket.CloseStatus}.");
            }

            using var frame = JsonDocument.Parse(buffer.AsMemory(0, length));
            goesOn = take(frame.RootElement);
        }
    }
}
