using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Rondo.Benchmarks;

/// <summary>The file of a day's results: one line per cell, each of which says where it comes from.</summary>
internal sealed class TransportResults : IAsyncDisposable
{
    private readonly StreamWriter _writer;
    private readonly object _origin;

    private TransportResults(string path, string command)
    {
        Path = path;
        _writer = File.AppendText(path);
        _origin = new
        {
            Started = DateTimeOffset.UtcNow,
            Command = command,
            Commit = Output("git", "describe", "--always", "--dirty", "--abbrev=12"),
            Processor = File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1],
            Cores = System.Environment.ProcessorCount,
            Kernel = Output("uname", "-r"),
            Runtime = RuntimeInformation.FrameworkDescription,
            Wrk = Output("wrk", "-v").Split(' ').ElementAtOrDefault(1),
            Compiler = Output("cc", "--version"),
        };
    }

    public string Path { get; }

    /// <param name="command">What made them.</param>
    /// <param name="name">What the file's name begins with.</param>
    public static TransportResults Open(string command, string name = "transport")
    {
        Directory.CreateDirectory("lab/results");
        var day = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new TransportResults($"lab/results/{name}-{day}.jsonl", command);
    }

    public async Task WriteAsync(object cell)
    {
        await _writer.WriteLineAsync(JsonSerializer.Serialize(
            new { Origin = _origin, Cell = cell }, JsonSerializerOptions.Web));
        await _writer.FlushAsync();
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    // The first line of what a program prints, whatever its exit code: asked for its version, wrk says so and fails.
    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var line = process.StandardOutput.ReadLine() ?? "";
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return line;
    }
}
