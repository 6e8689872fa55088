using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Rondo.Browser.Tests.Support;

/// <summary>
/// <c>rondo up</c> as a process on a free port, with the rates that ship and a data folder of its own; it can be killed
/// and started again on the same port and folder.
/// </summary>
public sealed partial class RunningRondo : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static readonly string Executable = typeof(RunningRondo).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RondoExecutable").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-browser-").FullName;
    private Process? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The key that the first start shows.</summary>
    public string AdminKey { get; private set; } = "";

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(
            Executable, ["up", "--offline", "--urls", Address.ToString().TrimEnd('/'), "--data", _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => TestContext.Current.SendDiagnosticMessage(line.Data ?? "");
        _process.BeginErrorReadLine();
        for (var isUp = false; !isUp;)
        {
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Guard);
            Assert.True(line is not null, "'rondo up' has ended before it was up.");
            Address = Listens().Match(line) is { Success: true } at ? new Uri(at.Groups[1].Value) : Address;
            AdminKey = Key().Match(line) is { Success: true } key ? key.Groups[1].Value : AdminKey;
            isUp = line.Contains("/currency/status", StringComparison.Ordinal);
        }
    }

    /// <summary>Ends it in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().WaitAsync(Guard);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@" listens on (http://\S+)")]
    private static partial Regex Listens();

    [GeneratedRegex(@"admin key, shown only this once: (\S+)")]
    private static partial Regex Key();
}
