using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ChaosProgram;

/// <summary>
/// Three nodes that share a database: people talk by way of any of them while nodes are killed and paused, and the
/// database is restarted.
/// </summary>
internal sealed class NodesRound : IDisposable
{
    private const int Count = 3;
    private const int Talkers = 5;
    private const int ShortestPeaceMs = 500;
    private const int LongestPeaceMs = 4000;
    private const int LongestPauseMs = 6000;
    private const string Lease = "2s";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-chaos-").FullName;
    private readonly int[] _ports = [.. Enumerable.Range(0, Count + 1).Select(_ => FreePort())];
    private readonly ServerProcess?[] _nodes = new ServerProcess?[Count];
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ChatChecker _checker = new();
    private readonly ChaosScene _scene;
    private readonly HttpClient _look = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly HashSet<string> _leaders = [];
    private readonly Random _random;
    private ThrowawayPostgres? _database;
    private int _kills;
    private int _pauses;
    private int _restarts;
    private int _cuts;
    private int _events;

    public NodesRound(Random random)
    {
        _random = random;
        _scene = new ChaosScene(_ports[..Count], _checker);
    }

    public IEnumerable<string> ServerLines => _lines;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_events} events; acknowledged {Did(DeedKind.Say)} messages, {Did(DeedKind.Edit)} edits, "
            + $"{Did(DeedKind.Delete)} deletions; {_kills} kills, {_pauses} pauses, {_restarts} restarts of the "
            + $"database, {_cuts} cuts, {_leaders.Count} leaders");

    /// <returns>What was wrong.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan duration)
    {
        using var giveUp = new CancellationTokenSource();
        try
        {
            _database = await ThrowawayPostgres.StartAsync(_ports[Count]);
            await WriteAddressAsync();
            for (var node = 0; node < Count; node++)
            {
                Prepare(node);
                await StartAsync(node);
            }

            var clients = Clients().ToList();
            var running = clients.ConvertAll(c => c.RunAsync(giveUp.Token));
            await BreakAsync(clients, Stopwatch.StartNew(), duration);
            return await EndAsync(clients, running);
        }
        catch (Exception error)
        {
            return [$"The round did not come to its end: {error}"];
        }
        finally
        {
            _scene.IsOver = true;
            await giveUp.CancelAsync();
        }
    }

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node?.Dispose();
        }

        _scene.Dispose();
        _look.Dispose();
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private int Did(DeedKind kind) => _checker.Acknowledged(kind);

    private string FolderOf(int node) => Path.Combine(_folder, $"n{node + 1}");

    private string DatabaseFile => Path.Combine(_folder, "database");

    // Nobody is too fast, and nothing is dropped for its age.
    private void Prepare(int node)
    {
        Directory.CreateDirectory(FolderOf(node));
        File.WriteAllText(
            Path.Combine(FolderOf(node), "appsettings.json"),
            $$$"""
            {"Nodes":{"Name":"n{{{node + 1}}}","Lease":"{{{Lease}}}"},
             "Chat":{"MessagesPerSecond":100000,"Burst":100000,"KeepEvents":10000000}}
            """);
    }

    private async Task WriteAddressAsync()
    {
        await File.WriteAllTextAsync(DatabaseFile, _database!.Address);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(DatabaseFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task StartAsync(int node)
    {
        _nodes[node]?.Dispose();
        _nodes[node] = await ServerProcess.StartAsync(FolderOf(node), _ports[node], null, _lines, DatabaseFile)
            ?? throw new InvalidOperationException("A node does not start:\n" + string.Join('\n', _lines));
    }

    private IEnumerable<ChaosClient> Clients() =>
    [
        .. Enumerable.Range(1, Talkers).Select(i => new Talker(_scene, i, new Random(_random.Next()))),
        new Reader(_scene, isPolling: false, new Random(_random.Next())),
        new Reader(_scene, isPolling: true, new Random(_random.Next())),
        new Watcher(_scene, new Random(_random.Next())),
    ];

    // One of each first, so that there is no run without.
    private async Task BreakAsync(List<ChaosClient> clients, Stopwatch time, TimeSpan duration)
    {
        for (var i = 0; i < 3 || time.Elapsed < duration; i++)
        {
            await Task.Delay(_random.Next(ShortestPeaceMs, LongestPeaceMs));
            switch (i < 3 ? i * 3 : _random.Next(9))
            {
                case < 3:
                    await KillAsync(await VictimAsync());
                    break;
                case < 6:
                    await PauseAsync(await VictimAsync());
                    break;
                case 6:
                    _restarts++;
                    await _database!.RestartAsync(TimeSpan.FromMilliseconds(_random.Next(LongestPauseMs)));
                    break;
                default:
                    clients[_random.Next(clients.Count)].Cut();
                    _cuts++;
                    break;
            }
        }
    }

    // Mostly who leads: of the others nobody depends.
    private async Task<int> VictimAsync()
    {
        var leader = await LeaderAsync();
        return leader >= 0 && _random.Next(3) > 0 ? leader : _random.Next(Count);
    }

    private async Task<int> LeaderAsync()
    {
        for (var node = 0; node < Count; node++)
        {
            try
            {
                using var told = JsonDocument.Parse(
                    await _look.GetStringAsync($"http://127.0.0.1:{_ports[node]}/nodes"));
                if (told.RootElement.GetProperty("role").GetString() == "leader")
                {
                    _leaders.Add($"{told.RootElement.GetProperty("leader").GetProperty("term")}");
                    return node;
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // It is down, or about to lead.
            }
        }

        return -1;
    }

    private async Task KillAsync(int node)
    {
        _kills++;
        await _nodes[node]!.KillAsync();
        await Task.Delay(_random.Next(LongestPeaceMs));
        await StartAsync(node);
    }

    private async Task PauseAsync(int node)
    {
        _pauses++;
        await _nodes[node]!.SignalAsync("STOP");
        await Task.Delay(_random.Next(LongestPauseMs));
        await _nodes[node]!.SignalAsync("CONT");
    }

    private async Task<IReadOnlyList<string>> EndAsync(List<ChaosClient> clients, List<Task> running)
    {
        _scene.IsQuiet = true;
        var time = Stopwatch.StartNew();
        while (clients.Exists(c => !c.IsSettled) || await LeaderAsync() < 0)
        {
            if (time.Elapsed > s_patience)
            {
                return [.. clients.Select(c => $"{c.Name} at {c.Log.Last} was not answered: {c.Pending}")];
            }

            await Task.Delay(ShortestPeaceMs);
        }

        var kept = await RoomHistory.EventsAsync(_scene);
        _events = kept.Count;
        _scene.End = kept.Count == 0 ? 0 : kept[^1].Seq;
        clients.ForEach(c => c.Cut());
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(s_patience));
        if (!running.TrueForAll(r => r.IsCompletedSuccessfully))
        {
            return
            [
                .. clients.Select(c => $"{c.Name} at {c.Log.Last} did not come to the end: {c.Pending}"),
                .. running.Select(r => $"{r.Exception}"),
            ];
        }

        var violations = _checker.Check(kept, await RoomHistory.MessagesAsync(_scene)).ToList();
        foreach (var node in _nodes)
        {
            if (await node!.StopAsync() is not 0 and var code)
            {
                violations.Add($"A node ended with {code}");
            }
        }

        return violations;
    }
}
