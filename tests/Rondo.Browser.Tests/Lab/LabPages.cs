using System.Diagnostics;
using System.Text.Json;
using Rondo.Browser.Tests.Support;

[assembly: AssemblyFixture(typeof(Rondo.Browser.Tests.Lab.LabPages))]

namespace Rondo.Browser.Tests.Lab;

/// <summary>Pages that <c>rondo lab run</c> has written of a short experiment, one for all tests.</summary>
public sealed class LabPages : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-lab-pages-").FullName;

    /// <summary>As it was measured.</summary>
    public Uri Page { get; private set; } = null!;

    /// <summary>The same with a model whose name is markup, and long.</summary>
    public Uri Hostile { get; private set; } = null!;

    /// <summary>The sentence that answers the experiment's question.</summary>
    public string Verdict { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var json = Path.Combine(_folder, "result.json");
        await RunAsync(
            "--work", "io:5ms", "--models", "sync,loop", "--connections", "1,2,4,8", "--quick", "--duration", "400ms",
            "--warmup", "200ms", "--json", json);
        var text = await File.ReadAllTextAsync(json);
        using (var result = JsonDocument.Parse(text))
        {
            Verdict = result.RootElement.GetProperty("verdict").GetProperty("text").GetString()!.TrimEnd('.');
        }

        Page = await WriteAsync("page.html", json);
        var hostile = Path.Combine(_folder, "hostile.json");
        await File.WriteAllTextAsync(hostile, text.Replace(
            "\"loop\"",
            JsonSerializer.Serialize("<img src=x onerror=document.title=1>" + new string('w', 60) + " \u202eend"),
            StringComparison.Ordinal));
        Hostile = await WriteAsync("hostile.html", hostile);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }

    private async Task<Uri> WriteAsync(string name, string json)
    {
        var page = Path.Combine(_folder, name);
        await RunAsync("--from", json, "--report", page);
        return new Uri(page);
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(RunningRondo.Executable, ["lab", "run", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Guard);

        // On a busy machine it says that it could not measure.
        Assert.True(process.ExitCode is 0 or 4, $"{process.ExitCode}: {await output}{await error}");
    }
}
