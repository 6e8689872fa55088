using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Rondo.Benchmarks;

/// <summary>A server under test: a process on core 0, what it has used so far, and a client.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>A file of rates for <c>/convert/GBP/100</c>.</summary>
    public const string Rates = "Date,GBP,USD\n2026-11-20,0.884,1.22\n";

    private static readonly double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private ScratchFolder? _folder;
    private bool _isAttached;

    private ServerProcess(Process process, string name, int port)
    {
        _process = process;
        (Name, Port) = (name, port);
        Client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    public string Name { get; }

    public int Port { get; }

    public int Id => _process.Id;

    public HttpClient Client { get; }

    public static string Rondo =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Rondo.Cli/release/rondo"));

    /// <summary>Processor seconds of the process so far, user and system.</summary>
    public double CpuSeconds
    {
        get
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException(
                    $"{Name} has ended with {_process.ExitCode}: {string.Join('\n', _said)}");
            }

            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
        }
    }

    public double ResidentMegabytes => Status("VmRSS");

    public double PeakMegabytes => Status("VmHWM");

    public static Task<ServerProcess> StartAsync(string name, int port, string executable, params string[] arguments) =>
        StartOnAsync(0, name, port, executable, arguments);

    /// <summary>A process on another core.</summary>
    public static async Task<ServerProcess> StartOnAsync(
        int core, string name, int port, string executable, params string[] arguments)
    {
        var start = new ProcessStartInfo("taskset", ["-c", $"{core}", executable, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPNETCORE_URLS"] = "" },
        };
        var process = Process.Start(start)!;
        var server = new ServerProcess(process, name, port);
        process.ErrorDataReceived += (_, line) => server.Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await server.UntilItListensAsync();
        return server;
    }

    /// <summary>A process that somebody else has started, and will end.</summary>
    public static ServerProcess Attach(string name, int port, int processId) =>
        new(Process.GetProcessById(processId), name, port) { _isAttached = true };

    public static Task<ServerProcess> StartBaselineAsync(int port) => StartAsync(
        "bare Kestrel, constant", port, "dotnet", Assembly.GetExecutingAssembly().Location, "baseline", $"{port}");

    public static Task<ServerProcess> StartRondoAsync(int port, string folder, params string[] arguments) => StartAsync(
        "rondo up", port, Rondo,
        ["up", "--offline", "--urls", $"http://127.0.0.1:{port}", "--data", folder, .. arguments]);

    /// <summary>A server for comparing transports: a kind of <see cref="TransportServer"/>.</summary>
    public static async Task<ServerProcess> StartTransportAsync(string kind, int port)
    {
        if (TransportServer.IsProgram(kind))
        {
            return await StartAsync(
                kind, port, TransportServer.Compile(kind), [$"{port}", .. TransportServer.Arguments(kind)]);
        }

        var folder = new ScratchFolder();
        folder.Write("rates.csv", Rates);
        var server = await StartAsync(
            kind, port, "env",
            [
                .. TransportServer.Environment(kind),
                "dotnet", Assembly.GetExecutingAssembly().Location, "transport-server", kind, $"{port}", folder.Path,
            ]);
        server._folder = folder;
        return server;
    }

    /// <summary>Bytes allocated so far.</summary>
    public async Task<long> AllocatedAsync()
    {
        if (Name != "rondo up")
        {
            return long.Parse(await Client.GetStringAsync("/allocated"), CultureInfo.InvariantCulture);
        }

        var metrics = await Client.GetStringAsync("/metrics");
        var line = metrics.Split('\n')
            .First(l => l.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal));
        return (long)Parse(line.Split(' ')[^1]);
    }

    /// <summary>Sets the peak back to the present.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_isAttached)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder?.Dispose();
    }

    // The last of it, for when it ends.
    private void Note(string? line)
    {
        const int lines = 20;
        if (line is not null)
        {
            _said.Enqueue(line);
            while (_said.Count > lines)
            {
                _said.TryDequeue(out _);
            }
        }
    }

    private async Task UntilItListensAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 500 && !_process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    private double Status(string name) => Parse(File.ReadLines($"/proc/{_process.Id}/status")
        .First(l => l.StartsWith(name, StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
