using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Rondo.Benchmarks;

/// <summary>
/// What several nodes cost: a request, a post and a message to a hall, asked of one node with files, of one with
/// PostgreSQL, of the leader of three, of a follower, and of all three in turn. Nodes on core 0; <c>rondo load</c> and
/// the database on core 1. All are alive at once and measured in turn.
/// </summary>
internal sealed class NodesBench(int rounds) : IAsyncDisposable
{
    private const int FirstPort = 9791;
    private const int Seconds = 4;
    private const int FanOutSeconds = 8;
    private const int Connections = 64;
    private const int MessageBytes = 100;
    private const int DeliveriesPerSecond = 20_000;

    // Of five nodes in half a second: what they take when nobody asks them.
    private const double MostQuietCpu = 0.05;

    private static readonly int[] s_halls = [100, 1_000, 10_000];
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<ScratchFolder> _folders = [];
    private readonly List<ServerProcess> _nodes = [];
    private readonly List<Cell> _cells = [];

    /// <summary>In the database that RONDO_DATABASE names, whose schemas go with it.</summary>
    /// <param name="isQuick">One round rather than three.</param>
    public static async Task RunAsync(bool isQuick)
    {
        var database = Environment.GetEnvironmentVariable("RONDO_DATABASE")
            ?? throw new InvalidOperationException("RONDO_DATABASE is not set.");
        await using var bench = new NodesBench(isQuick ? 1 : 3);
        await bench.MeasureAsync(database + ";Search Path=one", database + ";Search Path=three");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folders.ForEach(f => f.Dispose());
    }

    private async Task MeasureAsync(string one, string three)
    {
        var files = await StartAsync("files", null);
        var alone = await StartAsync("one", one);
        var leader = await StartAsync("n1", three);
        ServerProcess[] all = [leader, await StartAsync("n2", three), await StartAsync("n3", three)];
        await using var results = TransportResults.Open("./dev bench nodes", "nodes");
        (string Name, ServerProcess[] Asked, ServerProcess[] Working)[] ways =
        [
            ("one node, files", [files], [files]),
            ("one node, PostgreSQL", [alone], [alone]),
            ("three, the leader is asked", [leader], all),
            ("three, a follower is asked", [all[1]], all),
        ];
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, asked, working) in ways)
            {
                // The first round warms them.
                foreach (var measure in (Func<Cell>[])
                    [
                        () => Read(asked[0], working), () => Post(asked[0], working),
                        .. s_halls.Select(h => (Func<Cell>)(() => Hall(h, asked[0], working))),
                    ])
                {
                    await UntilQuietAsync();
                    var cell = measure();
                    if (round > 0)
                    {
                        _cells.Add(cell with { Way = name, Round = round });
                        await results.WriteAsync(_cells[^1]);
                    }
                }
            }
        }

        Print([.. ways.Select(w => w.Name)]);
        Console.WriteLine($"Every cell is in {results.Path}");
    }

    // All nodes share a processor, and who has just served a hall closes its sockets for a while.
    private async Task UntilQuietAsync()
    {
        var (began, before) = (Stopwatch.GetTimestamp(), double.NegativeInfinity);
        while (_nodes.Sum(n => n.CpuSeconds) is var used && used - before > MostQuietCpu
            && Stopwatch.GetElapsedTime(began) < s_patience)
        {
            before = used;
            await Task.Delay(s_look);
        }
    }

    private async Task<ServerProcess> StartAsync(string name, string? database)
    {
        var folder = new ScratchFolder();
        _folders.Add(folder);
        var port = FirstPort + _nodes.Count;
        var node = await ServerProcess.StartAsync(
            name, port, "env",
            [
                .. database is null ? (string[])["-u", "RONDO_DATABASE"] : [$"RONDO_DATABASE={database}"],
                "RONDO_Chat__MessagesPerSecond=100000", "RONDO_Chat__Burst=100000", "RONDO_Chat__Connections=40000",
                $"RONDO_Nodes__Name={name}", ServerProcess.Rondo, "up", "--offline",
                "--urls", $"http://127.0.0.1:{port}", "--data", folder.Path,
            ]);
        _nodes.Add(node);

        while (!await IsReadyAsync(node.Client))
        {
            await Task.Delay(100);
        }

        return node;
    }

    // A node that takes the lead does not listen for a moment.
    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync("/readyz")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Cell Read(ServerProcess asked, ServerProcess[] working) => Measure(
        "read", working, "service_time",
        [$"http://127.0.0.1:{asked.Port}/convert/GBP/100", "-c", $"{Connections}", "-d", $"{Seconds}s"]);

    private static Cell Post(ServerProcess asked, ServerProcess[] working) => Measure(
        "post", working, "service_time",
        [
            $"http://127.0.0.1:{asked.Port}/chat/rooms/lobby/messages", "-X", "POST", "-c", $"{Connections}",
            "-d", $"{Seconds}s", "--body", new string('x', MessageBytes),
        ]);

    private static Cell Hall(int sockets, ServerProcess asked, ServerProcess[] working) => Measure(
        $"hall {sockets}", working, "response_time",
        [
            $"ws://127.0.0.1:{asked.Port}/chat/ws", "--ws-fanout", "-c", $"{sockets}",
            "--rate", $"{Math.Min(100, DeliveriesPerSecond / sockets)}", "-d", $"{FanOutSeconds}s", "--timeout", "30s",
            "--body", ChatPeer.All[0].Say(MessageBytes), "--ws-first", ChatPeer.All[0].Greeting!,
        ]);

    private static Cell Measure(string what, ServerProcess[] working, string time, string[] load)
    {
        var before = working.Select(w => w.CpuSeconds).ToArray();
        var result = LoadRun.Json(load);
        var used = working.Zip(before, (node, then) => node.CpuSeconds - then).ToArray();
        var (times, completed) = (result.GetProperty(time), result.GetProperty("completed").GetInt64());
        return new Cell(
            "", what, 0,
            result.GetProperty("requests_per_second").GetDouble(),
            Milliseconds(times, "p50"),
            Milliseconds(times, "p99"),
            used.Sum() / completed * 1e6,
            used[0] / completed * 1e6,
            LoadRun.Failures(result),
            result.GetProperty("first_problem").ToString());
    }

    private static double Milliseconds(JsonElement times, string percentile) =>
        times.GetProperty(percentile).GetDouble() / 1e6;

    private void Print(string[] ways)
    {
        foreach (var (what, title) in (IEnumerable<(string, string)>)
            [
                ("read", $"A conversion, {Connections} connections"),
                ("post", $"A post, durable before it is acknowledged, {Connections} senders"),
                .. s_halls.Select(h => ($"hall {h}", string.Create(
                    CultureInfo.InvariantCulture, $"A message to {h:#,0} people, up to {DeliveriesPerSecond:#,0} deliveries/s"))),
            ])
        {
            Console.WriteLine($"\n{title}: median [least .. most] of {rounds} rounds");
            Console.WriteLine("| | per second | p50 ms | p99 ms | processor us, all nodes | of the leader | beside one with files "
                + "| failed |\n|---|---|---|---|---|---|---|---|");
            foreach (var way in ways)
            {
                var (own, first) = (Of(way, what), Of(ways[0], what));
                Console.WriteLine($"| {way} | {HttpBench.Spread(own.Select(c => c.PerSecond), "#,0")} "
                    + $"| {HttpBench.Spread(own.Select(c => c.P50), "0.00")} | {HttpBench.Spread(own.Select(c => c.P99), "0.0")} "
                    + $"| {HttpBench.Spread(own.Select(c => c.Microseconds), "0.0")} "
                    + $"| {HttpBench.Spread(own.Select(c => c.OfLeader), "0.0")} "
                    + $"| {HttpBench.Spread(own.Zip(first, (a, b) => a.Microseconds / b.Microseconds), "0.00")} "
                    + $"| {own.Sum(c => c.Failed)} |");
            }
        }
    }

    private List<Cell> Of(string way, string what) =>
        [.. _cells.Where(c => c.Way == way && c.What == what).OrderBy(c => c.Round)];

    private sealed record Cell(
        string Way, string What, int Round, double PerSecond, double P50, double P99, double Microseconds,
        double OfLeader, long Failed, string Problem);
}
