using System.Diagnostics;
using System.Reflection;

namespace Rondo.Runtime.Tests;

/// <summary>The program around a loop, as a process that receives real signals.</summary>
internal sealed class LoopProcess : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly string Executable = typeof(LoopProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "LoopProgram").Value!;

    private readonly Process _process;
    private readonly List<string> _output = [];

    public LoopProcess(string what, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Executable, [what])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    /// <summary>Reads its output up to a line.</summary>
    public async Task ReadUntilAsync(string line)
    {
        do
        {
            _output.Add(await _process.StandardOutput.ReadLineAsync().WaitAsync(Guard)
                ?? throw new InvalidOperationException($"It ended after: {string.Join(' ', _output)}"));
        }
        while (_output[^1] != line);
    }

    /// <summary>The next line of its standard error.</summary>
    public async Task<string?> ReadErrorAsync() => await _process.StandardError.ReadLineAsync().WaitAsync(Guard);

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Its exit code, all lines of its output, and what it wrote to standard error.</summary>
    public async Task<(int Code, string Output, string Error)> ExitAsync()
    {
        var rest = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Guard);
        var error = await _process.StandardError.ReadToEndAsync().WaitAsync(Guard);
        await _process.WaitForExitAsync().WaitAsync(Guard);
        return (_process.ExitCode, $"{string.Join('\n', _output)}\n{rest}".Trim(), error);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
