using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Rondo.Cli.Tests;

/// <summary>The real program as a process, with a data folder of its own.</summary>
internal sealed class RondoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongGuard = TimeSpan.FromMinutes(5);

    public static readonly string Executable = typeof(RondoProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RondoExecutable").Value!;

    private readonly Process _process;

    private RondoProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static RondoProcess Start(string dataFolder, params string[] arguments) =>
        StartWith(dataFolder, new Dictionary<string, string>(), arguments);

    /// <param name="dataFolder">Its own.</param>
    /// <param name="environment">What it finds in its environment besides.</param>
    /// <param name="arguments">The command line.</param>
    public static RondoProcess StartWith(
        string dataFolder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["RONDO_DATA"] = dataFolder, ["NO_COLOR"] = "1" },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new RondoProcess(Process.Start(start)!);
    }

    /// <summary>As a line that somebody types into a shell.</summary>
    /// <param name="line">One command, which begins with <c>rondo</c>.</param>
    /// <param name="environment">What it finds in its environment besides.</param>
    /// <param name="folder">Where it is typed.</param>
    public static RondoProcess StartShell(
        string line, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec " + line])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new RondoProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(
        string dataFolder, params string[] arguments) => RunAsync(dataFolder, Guard, arguments);

    /// <summary>Runs to the end, which takes its time.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunLongAsync(
        string dataFolder, params string[] arguments) => RunAsync(dataFolder, LongGuard, arguments);

    /// <summary>Reads lines until one holds <paramref name="text"/>; returns all of them.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var read = "";
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Guard);
            read += line is null
                ? throw new InvalidOperationException(
                    $"The process ended: {read}"
                        + $"{await _process.StandardError.ReadToEndAsync()}")
                : line + "\n";
        }

        return read;
    }

    /// <summary>What it prints from here on; to be awaited when it has ended.</summary>
    public Task<string> RestOfOutputAsync() => _process.StandardOutput.ReadToEndAsync();

    /// <summary>All that it logs; to be begun at once and awaited when it has ended.</summary>
    public Task<string> ErrorAsync() => _process.StandardError.ReadToEndAsync();

    /// <summary>The processes that it has started and that run.</summary>
    public List<Process> Children() =>
        [.. Directory.EnumerateDirectories($"/proc/{Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' '))
            .Where(id => id.Length > 0)
            .Select(id => Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)))];

    public void Signal(string name, params IEnumerable<Process> others) =>
        Process.Start("kill", ["-s", name, $"{Id}", .. others.Select(o => $"{o.Id}")])!.WaitForExit();

    public Task<int> ExitAsync() => ExitAsync(Guard);

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        return default;
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string dataFolder, TimeSpan guard, string[] arguments)
    {
        await using var rondo = Start(dataFolder, arguments);
        var output = rondo._process.StandardOutput.ReadToEndAsync();
        var error = rondo._process.StandardError.ReadToEndAsync();
        return (await rondo.ExitAsync(guard), await output, await error);
    }

    private async Task<int> ExitAsync(TimeSpan guard)
    {
        await _process.WaitForExitAsync().WaitAsync(guard);
        return _process.ExitCode;
    }
}
