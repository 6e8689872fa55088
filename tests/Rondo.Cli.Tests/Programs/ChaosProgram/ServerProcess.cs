using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace ChaosProgram;

/// <summary>One life of <c>rondo up</c>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int MostLines = 30;
    private const string LastLineOfStart = "/currency/status";
    private const string LastLineOfNode = "/convert/GBP/100";

    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(2);
    private static readonly string s_executable = typeof(ServerProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RondoExecutable").Value!;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines;

    private ServerProcess(Process process, ConcurrentQueue<string> lines) => (_process, _lines) = (process, lines);

    /// <summary>Starts one; null when it ended before it listened, having said why.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="quota">The most bytes of its event store; null for no limit.</param>
    /// <param name="lines">What it says, the newest lines.</param>
    /// <param name="databaseFile">Names the database that it shares with other nodes; null when it is alone.</param>
    public static async Task<ServerProcess?> StartAsync(
        string data, int port, string? quota, ConcurrentQueue<string> lines, string? databaseFile = null)
    {
        string[] more = databaseFile is null ? [] : ["--database-file", databaseFile];
        var start = new ProcessStartInfo(
            s_executable, ["up", "--offline", "--urls", $"http://127.0.0.1:{port}", .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["RONDO_DATA"] = data, ["NO_COLOR"] = "1" },
        };
        if (quota is not null)
        {
            start.Environment["RONDO_Streams__MostBytes"] = quota;
        }

        var server = new ServerProcess(Process.Start(start)!, lines);
        var said = server.KeepAsync(server._process.StandardError);
        while (await server._process.StandardOutput.ReadLineAsync().WaitAsync(s_guard) is { } line)
        {
            if (line.Contains(databaseFile is null ? LastLineOfStart : LastLineOfNode, StringComparison.Ordinal))
            {
                _ = server.KeepAsync(server._process.StandardOutput);
                return server;
            }
        }

        await said.WaitAsync(s_guard);
        await server._process.WaitForExitAsync().WaitAsync(s_guard);
        server.Dispose();
        return null;
    }

    /// <summary>Ends it in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(s_guard);
    }

    /// <summary>Asks it to end; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(s_guard);
        return _process.ExitCode;
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"])!;
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    // Whoever does not read lets it wait.
    private async Task KeepAsync(StreamReader said)
    {
        try
        {
            while (await said.ReadLineAsync() is { } line)
            {
                _lines.Enqueue(line);
                while (_lines.Count > MostLines)
                {
                    _lines.TryDequeue(out _);
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has been killed.
        }
    }
}
