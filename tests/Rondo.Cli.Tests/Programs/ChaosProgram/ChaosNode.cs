using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace ChaosProgram;

/// <summary>One of several nodes, with the network from it to the database and from the other nodes to it.</summary>
internal sealed class ChaosNode : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient _look = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ConcurrentQueue<string> _lines;
    private readonly string _folder;
    private readonly string _databaseFile;
    private ServerProcess? _process;

    /// <param name="name">What it is called.</param>
    /// <param name="folder">Where its data folder is made.</param>
    /// <param name="lease">The term, as it stands in settings.</param>
    /// <param name="database">Both servers of it.</param>
    /// <param name="lines">What it says.</param>
    public ChaosNode(
        string name, string folder, string lease, ThrowawayPostgres database, ConcurrentQueue<string> lines)
    {
        (Name, Port, _lines) = (name, FreePort.Next(), lines);
        (WireFromNodes, WireToDatabase) = (Wire.TryLay(), Wire.TryLay());
        FromNodes = new Relay(FreePort.Next(), Port, WireFromNodes);
        ToDatabase = [.. database.Ports.Select(p => new Relay(FreePort.Next(), p, WireToDatabase))];
        _folder = Path.Combine(folder, name);
        _databaseFile = Path.Combine(folder, name + ".database");
        Directory.CreateDirectory(_folder);

        // Nobody is too fast, and nothing is dropped for its age.
        File.WriteAllText(
            Path.Combine(_folder, "appsettings.json"),
            $$$"""
            {"Nodes":{"Name":"{{{name}}}","Lease":"{{{lease}}}","Address":"http://{{{FromNodes.Address}}}"},
             "Chat":{"MessagesPerSecond":100000,"Burst":100000,"KeepEvents":10000000}}
            """);
        File.WriteAllText(_databaseFile, database.AddressBy(ToDatabase.Select(r => r.Address)));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_databaseFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public string Name { get; }

    /// <summary>Where clients ask it.</summary>
    public int Port { get; }

    public Relay FromNodes { get; }

    public IReadOnlyList<Relay> ToDatabase { get; }

    /// <summary>Null where there can be none.</summary>
    public Wire? WireFromNodes { get; }

    /// <summary>Null where there can be none.</summary>
    public Wire? WireToDatabase { get; }

    /// <summary>Until it listens. Who finds no database ends, and is started again.</summary>
    public async Task StartAsync()
    {
        _process?.Dispose();
        for (var time = Stopwatch.StartNew(); ;)
        {
            _process = await ServerProcess.StartAsync(_folder, Port, null, _lines, _databaseFile);
            if (_process is not null)
            {
                FromNodes.IsTargetDown = false;
                return;
            }

            if (time.Elapsed > s_patience)
            {
                throw new InvalidOperationException("A node does not start:\n" + string.Join('\n', _lines));
            }

            await Task.Delay(s_pause);
        }
    }

    public async Task KillAsync()
    {
        await _process!.KillAsync();
        FromNodes.IsTargetDown = true;
    }

    public Task SignalAsync(string name) => _process!.SignalAsync(name);

    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>The term that it leads in; null when it does not.</summary>
    public async Task<string?> TermAsync()
    {
        try
        {
            using var told = JsonDocument.Parse(await _look.GetStringAsync($"http://127.0.0.1:{Port}/nodes"));
            return told.RootElement.GetProperty("role").GetString() == "leader"
                ? told.RootElement.GetProperty("leader").GetProperty("term").ToString()
                : null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // It is down, or about to lead.
            return null;
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _look.Dispose();
        FromNodes.Dispose();
        foreach (var relay in ToDatabase)
        {
            relay.Dispose();
        }

        WireFromNodes?.Dispose();
        WireToDatabase?.Dispose();
    }
}
