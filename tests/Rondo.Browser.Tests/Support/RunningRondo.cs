using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.RegularExpressions;

[assembly: AssemblyFixture(typeof(Rondo.Browser.Tests.Support.RunningRondo))]

namespace Rondo.Browser.Tests.Support;

/// <summary>
/// <c>rondo up</c> as a process on a free port, with the rates that ship and a data folder of its own; it can be killed
/// and started again on the same port and folder. One is there for all tests that do neither.
/// </summary>
public sealed partial class RunningRondo : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    internal static readonly string Executable = typeof(RunningRondo).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RondoExecutable").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-browser-").FullName;
    private Process? _process;
    private int _rooms;

    // Messages that one person may send at once: the tests are faster than people.
    private int Burst { get; init; } = 1000;

    private bool IsDemo { get; init; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The key that the first start shows.</summary>
    public string AdminKey { get; private set; } = "";

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        string[] demo = IsDemo ? ["--demo"] : [];
        var start = new ProcessStartInfo(
            Executable, ["up", "--offline", "--urls", Address.ToString().TrimEnd('/'), "--data", _folder, .. demo])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["RONDO_Chat__Burst"] = $"{Burst}" },
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

    /// <summary>One that a test has for itself and may kill.</summary>
    public static async Task<RunningRondo> StartOwnAsync(int burst = 1000)
    {
        var rondo = new RunningRondo { Burst = burst };
        await rondo.StartAsync();
        return rondo;
    }

    /// <summary>One with invented weather and three simulated rooms.</summary>
    public static async Task<RunningRondo> StartDemoAsync()
    {
        var rondo = new RunningRondo { IsDemo = true };
        await rondo.StartAsync();
        return rondo;
    }

    /// <summary>One with TLS, whose authority no browser trusts.</summary>
    public static async Task<RunningRondo> StartTlsAsync()
    {
        var rondo = new RunningRondo { Address = new Uri("https://127.0.0.1:0") };
        await rondo.StartAsync();
        return rondo;
    }

    /// <summary>A room in which nobody has been. Returns its name.</summary>
    public async Task<string> MakeRoomAsync(string? name = null, string topic = "")
    {
        var room = name ?? $"room-{Interlocked.Increment(ref _rooms)}";
        await OrderAsync(HttpMethod.Put, $"/chat/rooms/{room}", new { topic });
        return room;
    }

    /// <summary>A request of the owner of the rooms. Returns the answer's body.</summary>
    public async Task<string> OrderAsync(HttpMethod method, string path, object content)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(Address, path))
        {
            Content = JsonContent.Create(content),
            Headers = { { "X-API-Key", AdminKey } },
        };
        var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
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

    [GeneratedRegex(@" listens on (https?://\S+)")]
    private static partial Regex Listens();

    [GeneratedRegex(@"admin key, shown only this once: (\S+)")]
    private static partial Regex Key();
}
