using System.Net.WebSockets;
using System.Text.Json;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Streams.Http;

/// <summary>
/// A stream on a WebSocket: the client says hello with its cursor, then each event comes as a text frame, as in a page.
/// The network sets the pace: while a client does not read, nothing is gathered for it.
/// </summary>
internal sealed class StreamSocket(IEventStore store, TimeProvider time, EventShape? shape)
{
    private const int MostHelloBytes = 4096;

    private const WebSocketCloseStatus BadFrame = (WebSocketCloseStatus)4400;
    private const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)4408;
    private const WebSocketCloseStatus Failed = (WebSocketCloseStatus)1012;

    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Serves until the client leaves, falls too far behind, or <paramref name="ending"/>.</summary>
    public async Task ServeAsync(HttpContext context, string stream, StreamStart start, CancellationToken ending)
    {
        if (await WebSocketHandshake.AcceptAsync(context, protocol: null, origins: []) is not { } connection)
        {
            return;
        }

        using var socket = WebSocket.CreateFromStream(new DuplexStream(connection), new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = Heartbeat,
            KeepAliveTimeout = Heartbeat,
        });
        try
        {
            var (status, reason) = await ConverseAsync(socket, stream, start, ending);

            // Until the client has closed, too: what it still sends would tear the connection down before it has read.
            using var patience = new CancellationTokenSource(FarewellTime, time);
            await socket.CloseAsync(status, reason, patience.Token);
        }
        catch (Exception cut) when (cut is WebSocketException or IOException or OperationCanceledException)
        {
            // The client has gone; it comes again with its cursor.
            context.Abort();
        }
    }

    private async Task<(WebSocketCloseStatus Status, string Reason)> ConverseAsync(
        WebSocket socket, string stream, StreamStart start, CancellationToken ending)
    {
        var (after, mistake) = await HelloAsync(socket, stream, ending);
        if (mistake is not null)
        {
            return (BadFrame, mistake);
        }

        // A frame that is cut off ends the connection: it has its time to get through, also at the end.
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var end = ending.Register(() => patience.CancelAfter(FarewellTime));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var leaving = LeaveAsync(socket, over);
        try
        {
            await foreach (var item in store.WatchAsync(
                [new WatchedStream(stream, after, start)], cancellation: over.Token))
            {
                await socket.SendAsync(Frame(item), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
            }

            return (TooSlow, "Too slow: come again with the cursor.");
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return ending.IsCancellationRequested
                ? (WebSocketCloseStatus.EndpointUnavailable, "Rondo stops.")
                : await leaving;
        }
        catch (EventStoreException)
        {
            return (Failed, "The event store has failed.");
        }
    }

    // Pings are answered while it waits. Whatever comes is the end: there is nothing more to say.
    private static async Task<(WebSocketCloseStatus Status, string Reason)> LeaveAsync(
        WebSocket socket, CancellationTokenSource over)
    {
        try
        {
            var buffer = new byte[1];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            return received.MessageType is WebSocketMessageType.Close
                ? (WebSocketCloseStatus.NormalClosure, "")
                : (BadFrame, "There is nothing to say after hello.");
        }
        catch (Exception cut) when (cut is WebSocketException or IOException or OperationCanceledException)
        {
            return (WebSocketCloseStatus.NormalClosure, "");
        }
        finally
        {
            Cancel(over);
        }
    }

    private static void Cancel(CancellationTokenSource over)
    {
        try
        {
            over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The other side has ended it.
        }
    }

    private async Task<(StreamCursor? After, string? Mistake)> HelloAsync(
        WebSocket socket, string stream, CancellationToken ending)
    {
        using var patience = new CancellationTokenSource(HelloTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ending);
        var (buffer, length) = (new byte[MostHelloBytes], 0);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), either.Token);
            length += part.Count;
            if (part.EndOfMessage || length == buffer.Length)
            {
                return part.MessageType is WebSocketMessageType.Text && part.EndOfMessage
                    ? Parse(buffer.AsMemory(0, length), stream)
                    : (null, Expected(stream));
            }
        }
    }

    private static (StreamCursor? After, string? Mistake) Parse(ReadOnlyMemory<byte> frame, string stream)
    {
        try
        {
            using var hello = JsonDocument.Parse(
                frame, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var root = hello.RootElement;
            if (Text(root, "type") != "hello" || (Text(root, "stream") ?? stream) != stream)
            {
                return (null, Expected(stream));
            }

            return !root.TryGetProperty("after", out var after) ? (null, null)
                : StreamCursor.TryParse(
                    after.ValueKind is JsonValueKind.String ? after.GetString() : after.GetRawText(), out var cursor)
                    ? (cursor, null)
                    : (null, "'after' is a cursor that this stream has given, or a number.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, Expected(stream));
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value.GetString() : null;

    // The reason of a close has at most 123 bytes.
    private static string Expected(string stream) => stream.Length > 40
        ? """The first frame is {"type":"hello","after":"CURSOR"}."""
        : $$"""The first frame is {"type":"hello","stream":"{{stream}}","after":"CURSOR"}.""";

    private ReadOnlyMemory<byte> Frame(StreamItem item) => item is { Kind: StreamItemKind.Event, Event: { } given }
        ? shape?.Invoke(given) ?? StreamJson.Object(json => StreamJson.WriteMembers(json, given))
        : StreamJson.Object(json =>
        {
            json.WriteString("type", item.Kind switch
            {
                StreamItemKind.Reset => "reset",
                StreamItemKind.Live => "live",
                _ => "resume",
            });
            json.WriteNumber("first", item.Head.First);
            json.WriteNumber("last", item.Head.Last);
            json.WriteString("next", item.Cursor.ToString());
        });
}
