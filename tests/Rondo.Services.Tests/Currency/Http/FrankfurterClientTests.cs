using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

/// <summary>
/// A client that somebody else has published for Frankfurter, unmodified, with only its base address changed.
/// </summary>
public sealed class FrankfurterClientTests
{
    private const string Rates = "Date,USD,GBP\n2026-11-20,1.22,0.884\n2026-11-19,1.21,0.883\n2026-11-13,1.19,0.881\n";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task PublishedClient_OnlyItsAddressChanged_UnderstandsEveryAnswer()
    {
        using var folder = new TestFolder();
        var installed = await InstallAsync(folder);
        await using var server = await TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));

        using var seen = JsonDocument.Parse(await RunAsync("node", installed, "check.mjs", server.Address.ToString()));

        Assert.Equal(
            """[{"date":"2026-11-20","base":"EUR","quote":"GBP","rate":0.884},{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22}]""",
            Text(seen, "latest"));
        Assert.Equal("""[{"date":"2026-11-20","base":"USD","quote":"GBP","rate":0.72459016}]""", Text(seen, "base"));
        Assert.Equal("""[{"date":"2026-11-13","base":"EUR","quote":"USD","rate":1.19}]""", Text(seen, "historical"));
        Assert.Equal(
            """[{"date":"2026-11-13","base":"EUR","quote":"USD","rate":1.19},{"date":"2026-11-19","base":"EUR","quote":"USD","rate":1.21}]""",
            Text(seen, "range"));
        Assert.Equal("""[{"date":"2026-11-01","base":"EUR","quote":"USD","rate":1.2066667}]""", Text(seen, "monthly"));
        Assert.Equal("""["EUR","GBP","USD"]""", Text(seen, "currencies"));
        Assert.Equal("""["FILE"]""", Text(seen, "providers"));
        Assert.Equal(
            """{"isItsOwn":true,"status":422,"message":"XXX is not a currency we have; did you mean XAF?"}""", Text(seen, "problem"));
    }

    private static string Text(JsonDocument seen, string name) => seen.RootElement.GetProperty(name).GetRawText();

    /// <summary>
    /// The folder with the client in it: as <c>npm ci</c> has left it, else a copy with <c>npm ci</c> run now.
    /// </summary>
    private static async Task<string> InstallAsync(TestFolder folder)
    {
        var source = Repository.PathOf("tests/Rondo.Services.Tests/Currency/Http/frankfurter-client");
        if (Directory.Exists(Path.Combine(source, "node_modules", "frankfurter-js")))
        {
            return source;
        }

        foreach (var name in new[] { "package.json", "package-lock.json", ".npmrc", "check.mjs" })
        {
            File.Copy(Path.Combine(source, name), Path.Combine(folder.Path, name));
        }

        await RunAsync("npm", folder.Path, "ci", "--no-audit", "--no-fund");
        return folder.Path;
    }

    private static async Task<string> RunAsync(string command, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"'{command} {string.Join(' ', arguments)}' failed: {await error}");
            return await output;
        }
        catch (Win32Exception)
        {
            Assert.Fail($"'{command}' is not there. Run ./dev test, which installs it.");
            throw;
        }
    }
}
