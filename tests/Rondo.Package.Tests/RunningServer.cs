using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Package.Tests;

/// <summary>A server as a process: what it prints on both of its streams, and where it listens.</summary>
internal sealed partial class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan s_guard = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly SemaphoreSlim _line = new(0);

    private RunningServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Add(e.Data);
        process.ErrorDataReceived += (_, e) => Add(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Client = new HttpClient { Timeout = s_guard };
    }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(string program, params string[] arguments)
    {
        var server = new RunningServer(Tool.Start(program, arguments));
        server.Client.BaseAddress = new Uri(await server.ReadUntilAsync(Address()));
        return server;
    }

    /// <summary>Waits until it has printed that; what matches.</summary>
    public async Task<string> ReadUntilAsync(Regex pattern)
    {
        using var limit = new CancellationTokenSource(s_guard);
        while (true)
        {
            if (pattern.Match(Printed()) is { Success: true } found)
            {
                return found.Value;
            }

            Assert.False(_process.HasExited, Printed());
            try
            {
                await _line.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"'{pattern}' was not printed:\n{Printed()}");
            }
        }
    }

    /// <summary>Asks it to stop, as a service manager does; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.RunAsync("kill", "-s", "TERM", $"{_process.Id}");
        await _process.WaitForExitAsync().WaitAsync(s_guard);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        Client.Dispose();
        return default;
    }

    private string Printed()
    {
        lock (_printed)
        {
            return _printed.ToString();
        }
    }

    private void Add(string? line)
    {
        lock (_printed)
        {
            _printed.AppendLine(line);
        }

        _line.Release();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
