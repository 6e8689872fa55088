using System.Collections.Concurrent;
using System.Diagnostics;

namespace ChaosProgram;

/// <summary>One room on one disk: who talks there, what is done to them, and what is left.</summary>
internal sealed class ChaosRound : IDisposable
{
    private const int Talkers = 5;
    private const int ShortestPeaceMs = 200;
    private const int LongestPeaceMs = 2500;

    private static readonly TimeSpan s_fullTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(90);

    private readonly ChaosDisk _disk;
    private readonly Random _random;
    private readonly int _port = FreePort.Next();
    private readonly ChatChecker _checker = new();
    private readonly ChaosScene _scene;
    private readonly ConcurrentQueue<string> _lines = new();
    private ServerProcess? _server;
    private int _kills;
    private int _cuts;
    private int _full;
    private int _events;

    public ChaosRound(ChaosDisk disk, Random random)
    {
        _disk = disk;
        _random = random;
        _scene = new ChaosScene([_port], _checker);
    }

    public IEnumerable<string> ServerLines => _lines;

    public ChaosCounts Counts => new()
    {
        Events = _events,
        Said = _checker.Acknowledged(DeedKind.Say),
        Edited = _checker.Acknowledged(DeedKind.Edit),
        Deleted = _checker.Acknowledged(DeedKind.Delete),
        Kills = _kills,
        Cuts = _cuts,
        Full = _full,
        Refusals = _scene.Refusals,
    };

    /// <returns>What was wrong.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(TimeSpan duration)
    {
        // Nobody is too fast, and nothing is dropped for its age: only what is deleted may be gone.
        File.WriteAllText(
            Path.Combine(_disk.Path, "appsettings.json"),
            """{"Chat":{"MessagesPerSecond":100000,"Burst":100000,"KeepEvents":10000000}}""");
        using var giveUp = new CancellationTokenSource();
        try
        {
            await StartAsync();
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
        _server?.Dispose();
        _scene.Dispose();
    }

    private IEnumerable<ChaosClient> Clients() =>
    [
        .. Enumerable.Range(1, Talkers).Select(i => new Talker(_scene, i, new Random(_random.Next()))),
        new Reader(_scene, isPolling: false, new Random(_random.Next())),
        new Reader(_scene, isPolling: true, new Random(_random.Next())),
        new Watcher(_scene, new Random(_random.Next())),
    ];

    // One of each first, so that there is no run without; a slow machine takes longer until all has happened once.
    private async Task BreakAsync(List<ChaosClient> clients, Stopwatch time, TimeSpan duration)
    {
        for (var i = 0; i < 3 || time.Elapsed < duration + (Counts.IsTooLittle ? s_patience : default); i++)
        {
            await Task.Delay(_random.Next(ShortestPeaceMs, LongestPeaceMs));
            switch (i < 3 ? i * 4 : _random.Next(10))
            {
                case < 4:
                    await KillAsync();
                    break;
                case < 8:
                    Cut(clients[_random.Next(clients.Count)]);
                    break;
                case 8 when i >= 3:
                    clients.ForEach(Cut);
                    break;
                default:
                    await FillAsync();
                    break;
            }
        }
    }

    private void Cut(ChaosClient client)
    {
        client.Cut();
        _cuts++;
    }

    private async Task KillAsync()
    {
        await _server!.KillAsync();
        _kills++;
        await StartAsync();
    }

    private async Task StartAsync(string? quota = null)
    {
        _server?.Dispose();
        _server = await ServerProcess.StartAsync(_disk.Path, _port, quota, _lines);
        if (_server is null)
        {
            throw new InvalidOperationException("Rondo does not start:\n" + string.Join('\n', _lines));
        }
    }

    private async Task FillAsync()
    {
        _full++;
        if (_disk.FillsUp)
        {
            _disk.Fill(_random);
            await UntilRefusedAsync();
            if (_random.Next(2) == 0)
            {
                await KillOnFullDiskAsync();
            }

            _disk.MakeRoom();
            if (_server is null)
            {
                await StartAsync();
            }
        }
        else
        {
            await _server!.KillAsync();
            _kills++;
            await StartAsync(_disk.Quota(_random));
            await UntilRefusedAsync();
            await KillAsync();
        }
    }

    // Without room it may start or not, but it has to say why.
    private async Task KillOnFullDiskAsync()
    {
        await _server!.KillAsync();
        _kills++;
        _server.Dispose();
        _server = await ServerProcess.StartAsync(_disk.Path, _port, null, _lines);
        if (_server is null && _lines.LastOrDefault() is { } said
            && !said.Contains("disk is full", StringComparison.OrdinalIgnoreCase)
            && !said.Contains("No space left", StringComparison.OrdinalIgnoreCase))
        {
            _checker.Violate($"On a full disk Rondo does not start, and says: {said}");
        }
    }

    private async Task UntilRefusedAsync()
    {
        var (before, time) = (_scene.Refusals, Stopwatch.StartNew());
        while (_scene.Refusals == before && time.Elapsed < s_fullTime)
        {
            await Task.Delay(ShortestPeaceMs);
        }
    }

    private async Task<IReadOnlyList<string>> EndAsync(List<ChaosClient> clients, List<Task> running)
    {
        _scene.IsQuiet = true;
        var time = Stopwatch.StartNew();
        while (clients.Exists(c => !c.IsSettled))
        {
            if (time.Elapsed > s_settleTime)
            {
                return [.. Unsettled(clients, "was not answered")];
            }

            await Task.Delay(ShortestPeaceMs);
        }

        var kept = await RoomHistory.EventsAsync(_scene);
        _events = kept.Count;
        _scene.End = kept.Count == 0 ? 0 : kept[^1].Seq;
        clients.ForEach(c => c.Cut());
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(s_settleTime));
        if (!running.TrueForAll(r => r.IsCompletedSuccessfully))
        {
            return [.. Unsettled(clients, "did not come to the end"), .. running.Select(r => $"{r.Exception}")];
        }

        var violations = _checker.Check(kept, await RoomHistory.MessagesAsync(_scene))
            .Concat(HeldText.Find(_disk.Path, _checker.Gone()))
            .ToList();
        if (await _server!.StopAsync() is not 0 and var code)
        {
            violations.Add($"Rondo ended with {code}");
        }

        return violations;
    }

    private static IEnumerable<string> Unsettled(List<ChaosClient> clients, string what) =>
        clients.Select(c => $"{c.Name} at {c.Log.Last} {what}: {c.Pending}");
}
