using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChaosProgram;

/// <summary>Who only reads, on a WebSocket of the room's stream.</summary>
internal sealed class Watcher(ChaosScene scene, Random random) : ChaosClient(scene, "the watcher", random)
{
    protected override async Task ConverseAsync(long since, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(Scene.StreamSocket, cancellation);
        await socket.SayAsync(new JsonObject { ["type"] = "hello", ["after"] = Log.Last }, cancellation);
        await socket.ReadAllAsync(frame => Take(frame, since), cancellation);
    }

    private bool Take(JsonElement frame, long since)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "live":
                break;
            case "reset":
                Log.Reset();
                break;
            default:
                Log.See(SeenEvent.Of(frame), since);
                break;
        }

        return !IsDone;
    }
}
