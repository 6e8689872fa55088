using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Rondo.Cli.Tests;

/// <summary>The real program, killed in the middle of a conversation, again and again. Real time is its subject.</summary>
public sealed class ChatKillTests : IDisposable
{
    private const int Clients = 4;
    private const int Kills = 3;
    private const int MessagesBetweenKills = 40;

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-chat-").FullName;
    private readonly ChatChecker _checker = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private readonly string _address = $"127.0.0.1:{FreePort()}";
    private volatile bool _isOver;

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task KilledInMidConversation_EveryAcknowledgedMessageIsThereOnce()
    {
        File.WriteAllText(
            Path.Combine(_data, "appsettings.json"), """{"Chat":{"MessagesPerSecond":100000,"Burst":100000}}""");
        var rondo = await StartAsync();
        var seen = Enumerable.Range(0, Clients).Select(_ => new List<(long Seq, string Text)>()).ToList();
        var clients = seen.Select((mine, i) => ConverseAsync(i, mine)).ToList();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await UntilAsync(() => _checker.Acknowledged >= kill * MessagesBetweenKills, clients);
            rondo.Signal("KILL");
            await rondo.ExitAsync();
            await rondo.DisposeAsync();
            rondo = await StartAsync();
        }

        await UntilAsync(() => _checker.Acknowledged >= (Kills + 1) * MessagesBetweenKills, clients);
        _isOver = true;
        await Task.WhenAll(clients);
        await using (rondo)
        {
            var history = await HistoryAsync();
            foreach (var mine in seen)
            {
                await CatchUpAsync(mine, history[^1].Seq);
            }

            _checker.Check(history, seen);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<RondoProcess> StartAsync()
    {
        var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", $"http://{_address}");
        await rondo.ReadUntilAsync("/currency/status");
        return rondo;
    }

    // Numbered messages, each until it is acknowledged: over a new connection, with the same id, when one is cut.
    private async Task ConverseAsync(int client, List<(long Seq, string Text)> seen)
    {
        for (var number = 0; !_isOver;)
        {
            try
            {
                using var socket = await HelloAsync(client, seen.Count == 0 ? 0 : seen[^1].Seq);
                while (!_isOver)
                {
                    var (id, text) = ($"{client}.{number}", $"message {number} of {client}");
                    await SendAsync(socket, new JsonObject { ["type"] = "send", ["client_id"] = id, ["text"] = text });
                    var ack = await ReadUntilAsync(socket, "ack", seen);
                    Assert.Equal(id, ack["client_id"]!.GetValue<string>());
                    _checker.Acknowledge(id, ack["seq"]!.GetValue<long>(), text);
                    number++;
                }
            }
            catch (Exception cut) when (cut is WebSocketException or IOException)
            {
                // Killed: the next connection goes on where this one was.
            }
        }
    }

    private async Task CatchUpAsync(List<(long Seq, string Text)> seen, long last)
    {
        using var socket = await HelloAsync(Clients, seen[^1].Seq);
        await ReadUntilAsync(socket, "live", seen);
        Assert.Equal(last, seen[^1].Seq);
    }

    private async Task<ClientWebSocket> HelloAsync(int client, long after)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat.v1");
        socket.Options.SetRequestHeader(
            "Cookie", "rondo_guest=" + client.ToString("x32", CultureInfo.InvariantCulture));
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{_address}/chat/ws"), _limit.Token);
            await SendAsync(socket, new JsonObject { ["type"] = "hello", ["after"] = after });
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task SendAsync(ClientWebSocket socket, JsonObject frame) => socket
        .SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, true, _limit.Token);

    private async Task<JsonNode> ReadUntilAsync(
        ClientWebSocket socket, string type, List<(long Seq, string Text)> seen)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), _limit.Token);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                throw new IOException($"Closed with {socket.CloseStatus}.");
            }

            var frame = JsonNode.Parse(buffer.AsSpan(0, length))!;
            var seenType = frame["type"]!.GetValue<string>();
            Assert.NotEqual("reset", seenType);
            if (seenType == "message")
            {
                seen.Add((frame["seq"]!.GetValue<long>(), frame["text"]!.GetValue<string>()));
            }

            if (seenType == type)
            {
                return frame;
            }
        }
    }

    private async Task<List<(long Seq, string? ClientId, string Text)>> HistoryAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{_address}") };
        var history = new List<(long Seq, string? ClientId, string Text)>();
        while (true)
        {
            var after = history.Count == 0 ? 0 : history[^1].Seq;
            var page = await client.GetFromJsonAsync<JsonNode>(
                $"/chat/rooms/lobby/messages?after={after}&limit=500", _limit.Token);
            var messages = page!["messages"]!.AsArray();
            if (messages.Count == 0)
            {
                return history;
            }

            history.AddRange(messages.Select(m => (
                m!["seq"]!.GetValue<long>(), m["client_id"]?.GetValue<string>(), m["text"]!.GetValue<string>())));
        }
    }

    // Also until one of the clients fails.
    private async Task UntilAsync(Func<bool> condition, List<Task> clients)
    {
        while (!condition())
        {
            await Task.Delay(5, _limit.Token);
            Assert.All(clients, c => Assert.False(c.IsFaulted, $"{c.Exception}"));
        }
    }
}
