using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace ChaosProgram;

/// <summary>
/// Three nodes that share a database: people talk by way of any of them while <see cref="NodesTrouble"/> is made.
/// </summary>
internal sealed class NodesRound : IDisposable
{
    private const int Count = 3;
    private const int Talkers = 5;
    private const string Epoch = "SELECT epoch FROM rondo.store";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    // Short, so that more happens; real ones are longer.
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-chaos-").FullName;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly DisturbanceCounts _disturbances = new(s_lease);
    private readonly ChatChecker _checker = new();
    private readonly Random _random;
    private readonly List<ChaosNode> _nodes = [];
    private ThrowawayPostgres? _database;
    private NodesTrouble? _trouble;
    private ChaosScene? _scene;
    private string _epoch = "";
    private int _events;

    public NodesRound(Random random) => _random = random;

    public IEnumerable<string> ServerLines => _lines;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_events} events; acknowledged {Did(DeedKind.Say)} messages, {Did(DeedKind.Edit)} edits, "
            + $"{Did(DeedKind.Delete)} deletions; {_trouble?.Leaders ?? 0} leaders\n{_disturbances}\n");

    /// <returns>What was wrong.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan duration)
    {
        using var giveUp = new CancellationTokenSource();
        try
        {
            await StartAsync();
            var clients = Clients().ToList();
            var running = clients.ConvertAll(c => c.RunAsync(giveUp.Token));
            _trouble = new NodesTrouble(_nodes, _database!, clients, _checker, _disturbances, _random);
            await _trouble.MakeAsync(duration);
            return await EndAsync(clients, running);
        }
        catch (Exception error)
        {
            return [$"The round did not come to its end: {error}"];
        }
        finally
        {
            _scene?.IsOver = true;
            await giveUp.CancelAsync();
        }
    }

    public void Dispose()
    {
        _nodes.ForEach(n => n.Dispose());
        _scene?.Dispose();
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private int Did(DeedKind kind) => _checker.Acknowledged(kind);

    private async Task StartAsync()
    {
        _database = await ThrowawayPostgres.StartAsync();
        for (var number = 1; number <= Count; number++)
        {
            _nodes.Add(new ChaosNode($"n{number}", _folder, $"{s_lease.TotalSeconds}s", _database, _lines));
            await _nodes[^1].StartAsync();
        }

        _scene = new ChaosScene([.. _nodes.Select(n => n.Port)], _checker);
        _epoch = await _database.AskAsync(Epoch);
    }

    private IEnumerable<ChaosClient> Clients() =>
    [
        .. Enumerable.Range(1, Talkers).Select(i => new Talker(_scene!, i, new Random(_random.Next()))),
        new Reader(_scene!, isPolling: false, new Random(_random.Next())),
        new Reader(_scene!, isPolling: true, new Random(_random.Next())),
        new Watcher(_scene!, new Random(_random.Next())),
    ];

    private async Task<IReadOnlyList<string>> EndAsync(List<ChaosClient> clients, List<Task> running)
    {
        _scene!.IsQuiet = true;
        var time = Stopwatch.StartNew();
        while (clients.Exists(c => !c.IsSettled) || await _trouble!.LeaderAsync() is null)
        {
            if (time.Elapsed > s_patience)
            {
                return [.. clients.Select(c => $"{c.Name} at {c.Log.Last} was not answered: {c.Pending}")];
            }

            await Task.Delay(s_pause);
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
        if (await _database!.AskAsync(Epoch) is var epoch && epoch != _epoch)
        {
            violations.Add($"The history {_epoch} has become {epoch}");
        }

        foreach (var node in _nodes)
        {
            if (await node.StopAsync() is not 0 and var code)
            {
                violations.Add($"{node.Name} ended with {code}");
            }
        }

        return violations;
    }
}
