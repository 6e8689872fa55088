using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Probing;

/// <summary>
/// The way to the server: sends what waits, forgets what is confirmed, and after a cut connects again and sends what is
/// not. It ends by itself only when trying again would change nothing.
/// </summary>
internal sealed class ProbeLink(
    ProbeTarget target, PendingFrames pending, TimeProvider time, Random chance, Action<string> tell)
{
    private const string Protocol = "rondo.noise.v1";
    private const int LongestMessage = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _told = [];

    /// <summary>The calibration that the server holds; null while there is none.</summary>
    public double? Offset { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>The newest frame that was sent, as it was sent; null before the first.</summary>
    public string? LastSent { get; private set; }

    /// <exception cref="StartException">The server does not want this device, or is none.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var reason = await TalkAsync(cancellation);
            if (IsOpen || attempt == 0)
            {
                tell($"No connection to {target.Address}: {reason} Trying again; levels wait here for up to "
                    + $"{PendingFrames.MostSeconds / 60} minutes.");
            }

            attempt = IsOpen ? 0 : attempt;
            IsOpen = false;
            var wait = FirstWait * Math.Pow(2, Math.Min(attempt, 10));
            await Task.Delay(
                (wait < LongestWait ? wait : LongestWait) * (0.5 + (chance.NextDouble() / 2)), time, cancellation);
        }
    }

    // Returns why it has ended.
    private async Task<string> TalkAsync(CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket, cancellation);
            await SendAsync(socket, target.Hello(time.GetUtcNow()), cancellation);
            using (var limit = Limit(cancellation))
            using (var answer = await ReceiveAsync(socket, limit.Token))
            {
                Greet(answer.RootElement.TryGetProperty("error", out var error)
                    ? throw new StartException($"{target.Address} refuses this device: {Detail(error)}")
                    : answer.RootElement.GetProperty("hello"));
            }

            IsOpen = true;
            var quality = Offset is { } offset ? $"calibrated ({offset:0.0} dB)" : "uncalibrated";
            tell($"Connected to {target.Address} as {target.RoomId}/{target.Device}, {quality}.");
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var receiving = ReceiveAllAsync(socket, both.Token);
            var first = await Task.WhenAny(receiving, SendAllAsync(socket, both.Token));
            await both.CancelAsync();
            await first;
            return "it has ended.";
        }
        catch (WebSocketException lost)
        {
            return lost.GetBaseException().Message;
        }
        catch (Exception lost) when (lost is IOException or JsonException or KeyNotFoundException)
        {
            return lost.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"it says nothing for {Patience.TotalSeconds} s.";
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var options = socket.Options;
        options.AddSubProtocol(Protocol);
        options.SetRequestHeader("Authorization", "Bearer " + target.Token);
        options.CollectHttpResponseDetails = true;
        options.KeepAliveInterval = Patience;
        options.KeepAliveTimeout = Patience;
        using var limit = Limit(cancellation);
        try
        {
            await socket.ConnectAsync(target.Address, limit.Token);
        }
        catch (WebSocketException)
            when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new StartException($"{target.Address} does not take this token ({(int)socket.HttpStatusCode}).");
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.NotFound)
        {
            throw new StartException($"{target.Address} is not there: is that a Rondo with the noise service?");
        }
    }

    private static CancellationTokenSource Limit(CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        return limit;
    }

    private void Greet(JsonElement hello)
    {
        Offset = hello.TryGetProperty("offset", out var offset) ? offset.GetDouble() : null;
        pending.Greet(hello.GetProperty("ack").GetInt64());
    }

    private async Task SendAllAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        for (var sent = long.MinValue; ;)
        {
            foreach (var frame in pending.After(sent))
            {
                sent = pending.SeqOf(frame);
                var text = target.Frame(frame, sent, Offset);
                await SendAsync(socket, text, cancellation);
                LastSent = text;
            }

            await pending.WaitAsync(cancellation);
        }
    }

    private async Task ReceiveAllAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        while (true)
        {
            using var message = await ReceiveAsync(socket, cancellation);
            var root = message.RootElement;
            if (root.TryGetProperty("ack", out var ack))
            {
                pending.Acknowledge(ack.GetInt64());
            }
            else if (root.TryGetProperty("hello", out var hello))
            {
                // Said again when the calibration changes.
                Greet(hello);
                tell(FormattableString.Invariant($"Calibrated: {Offset:0.0} dB."));
            }
            else if (root.TryGetProperty("error", out var error))
            {
                TellOnce(error);
            }
        }
    }

    private void TellOnce(JsonElement error)
    {
        if (_told.Add(error.TryGetProperty("code", out var code) ? code.ToString() : ""))
        {
            tell($"The server has refused a frame: {Detail(error)}");
        }
    }

    private static string Detail(JsonElement error) =>
        error.TryGetProperty("detail", out var detail) ? detail.ToString() : "it does not say why.";

    private static Task SendAsync(ClientWebSocket socket, string text, CancellationToken cancellation) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, cancellation).AsTask();

    private async Task<JsonDocument> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[LongestMessage];
        for (var length = 0; length < buffer.Length;)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            length += part.Count;
            if (part.MessageType is WebSocketMessageType.Close)
            {
                throw socket.CloseStatus is WebSocketCloseStatus.PolicyViolation
                    ? new StartException($"{target.Address} has ended this device: {socket.CloseStatusDescription}")
                    : new IOException($"it was closed ({(int?)socket.CloseStatus} {socket.CloseStatusDescription}).");
            }

            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(buffer.AsMemory(0, length));
            }
        }

        throw new IOException("it has sent a message that is too long.");
    }
}
