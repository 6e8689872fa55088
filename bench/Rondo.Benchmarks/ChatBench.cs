using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Rondo.Benchmarks;

/// <summary>
/// What a chat costs: one sends, a thousand receive, beside what people would write it with; then idle connections; then
/// posts. Servers on core 0, all alive at once and measured in turn; the generator, <c>rondo load</c>, on core 1. Ours
/// passes each message through an fsync first, the others keep nothing.
/// </summary>
internal static class ChatBench
{
    private const int FirstPort = 9751;
    private const int Rounds = 3;
    private const int Seconds = 8;
    private const int Receivers = 1000;
    private const int PerSecond = 100;
    private const int MessageBytes = 100;
    private const int Idle = 10_000;
    private const int Senders = 64;

    public static async Task RunAsync()
    {
        var servers = new List<(ChatPeer Peer, ServerProcess Server, ScratchFolder Folder)>();
        try
        {
            foreach (var (place, peer) in ChatPeer.All.Index())
            {
                var folder = new ScratchFolder();
                string[] command = peer.Command(FirstPort + place, folder.Path);
                servers.Add((
                    peer, await ServerProcess.StartAsync(peer.Name, FirstPort + place, command[0], command[1..]), folder));
            }

            Console.WriteLine($"\n1 sends, {Receivers} receive, {PerSecond} messages/s of {MessageBytes} bytes, "
                + $"{Rounds} rounds of {Seconds} s in turn: median [min .. max]");
            Console.WriteLine("| server | delivered/s | p50 ms | p99 ms | processor us/delivery | / stock Kestrel |");
            Console.WriteLine("|---|---|---|---|---|---|");
            FanOut([.. servers.Select(s => (s.Peer, s.Server))]);
            Console.WriteLine($"\nAn idle connection, at {Idle}: resident KiB");
            foreach (var (peer, server, _) in servers)
            {
                var each = await IdleAsync(peer, server);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {peer.Name,-20} {each:0.0}"));
            }

            await PostAsync(servers.First(s => s.Peer.Name == ChatPeer.Ours).Server);
        }
        finally
        {
            foreach (var (_, server, folder) in servers)
            {
                await server.DisposeAsync();
                folder.Dispose();
            }
        }
    }

    private static void FanOut(List<(ChatPeer Peer, ServerProcess Server)> servers)
    {
        var samples = servers.ToDictionary(s => s.Peer.Name, _ => new List<Sample>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (peer, server) in servers)
            {
                var cpu = server.CpuSeconds;
                string[] greeting = peer.Greeting is { } first ? ["--ws-first", first] : [];
                var result = LoadRun.Json(
                [
                    $"ws://127.0.0.1:{server.Port}{peer.Path}", "--ws-fanout", "-c", $"{Receivers}", "--rate", $"{PerSecond}",
                    "-d", $"{Seconds}s", "--body", peer.Say(MessageBytes), .. greeting,
                ]);
                var delivered = result.GetProperty("completed").GetInt64();
                if (round > 0)
                {
                    // The first round warms the servers.
                    samples[peer.Name].Add(new Sample(
                        result.GetProperty("requests_per_second").GetDouble(),
                        Milliseconds(result.GetProperty("response_time"), "p50"),
                        Milliseconds(result.GetProperty("response_time"), "p99"),
                        (server.CpuSeconds - cpu) / delivered * 1e6));
                }
            }
        }

        var stock = samples[ChatPeer.Stock];
        foreach (var (name, own) in samples)
        {
            Console.WriteLine($"| {name} | {HttpBench.Spread(own.Select(s => s.PerSecond), "0")} "
                + $"| {HttpBench.Spread(own.Select(s => s.P50), "0.0")} | {HttpBench.Spread(own.Select(s => s.P99), "0.0")} "
                + $"| {HttpBench.Spread(own.Select(s => s.Microseconds), "0.0")} "
                + $"| {HttpBench.Spread(own.Zip(stock, (a, b) => a.Microseconds / b.Microseconds), "0.00")} |");
        }
    }

    private static double Milliseconds(JsonElement times, string percentile) =>
        times.GetProperty(percentile).GetDouble() / 1e6;

    /// <summary>What <see cref="Idle"/> connections add to what the process holds, each.</summary>
    private static async Task<double> IdleAsync(ChatPeer peer, ServerProcess server)
    {
        var before = server.ResidentMegabytes;
        var open = new List<Socket>();
        try
        {
            while (open.Count < Idle)
            {
                open.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => EnterAsync(peer, server.Port))));
            }

            await Task.Delay(TimeSpan.FromSeconds(3));
            return (server.ResidentMegabytes - before) * 1024 / Idle;
        }
        finally
        {
            open.ForEach(s => s.Dispose());
        }
    }

    private static async Task<Socket> EnterAsync(ChatPeer peer, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {peer.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        var answer = new byte[4096];
        await socket.ReceiveAsync(answer);
        if (peer.Greeting is { } greeting)
        {
            // A mask of zeroes leaves the text as it is.
            var text = System.Text.Encoding.ASCII.GetBytes(greeting);
            await socket.SendAsync((byte[])[0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. text]);
            await socket.ReceiveAsync(answer);
        }

        return socket;
    }

    private static async Task PostAsync(ServerProcess rondo)
    {
        Console.WriteLine($"\nPosts, each durable before it is acknowledged, {Senders} senders, {Rounds} rounds of {Seconds} s");
        var (rates, tails, groups) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            var (events, commits) = await WrittenAsync(rondo);
            var result = LoadRun.Json(
            [
                $"http://127.0.0.1:{rondo.Port}/chat/rooms/lobby/messages", "-X", "POST", "-c", $"{Senders}",
                "-d", $"{Seconds}s", "--body", new string('x', MessageBytes),
            ]);
            var (eventsAfter, commitsAfter) = await WrittenAsync(rondo);
            if (round > 0)
            {
                rates.Add(result.GetProperty("requests_per_second").GetDouble());
                tails.Add(Milliseconds(result.GetProperty("service_time"), "p99"));
                groups.Add((eventsAfter - events) / (commitsAfter - commits));
            }
        }

        Console.WriteLine($"  {HttpBench.Spread(rates, "0")} posts/s, p99 {HttpBench.Spread(tails, "0.0")} ms, "
            + $"{HttpBench.Spread(groups, "0.0")} events per fsync");
    }

    private static async Task<(double Events, double Commits)> WrittenAsync(ServerProcess rondo)
    {
        var lines = (await rondo.Client.GetStringAsync("/metrics")).Split('\n');
        return (Value("rondo_streams_events"), Value("rondo_streams_commits"));

        double Value(string name) => lines.Where(l => l.StartsWith(name, StringComparison.Ordinal))
            .Sum(l => double.Parse(l.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    private sealed record Sample(double PerSecond, double P50, double P99, double Microseconds);
}
