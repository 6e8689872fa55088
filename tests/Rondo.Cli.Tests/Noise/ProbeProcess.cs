using System.Diagnostics;

namespace Rondo.Cli.Tests.Noise;

/// <summary><c>rondo noise probe</c> as a process, with a standard input and an environment of its own.</summary>
internal sealed class ProbeProcess : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ProbeProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public Stream Input => _process.StandardInput.BaseStream;

    /// <param name="environment">Variables that differ from those of the test.</param>
    /// <param name="arguments">What follows <c>rondo noise probe</c>.</param>
    public static ProbeProcess Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(RondoProcess.Executable, ["noise", "probe", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("RONDO_TOKEN");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ProbeProcess(Process.Start(start)!);
    }

    public void Signal(string name) => Process.Start("kill", ["-s", name, $"{_process.Id}"])!.WaitForExit();

    public async Task<(int ExitCode, string Output, string Error)> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Guard);
        return (_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
