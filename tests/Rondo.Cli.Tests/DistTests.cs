using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Cli.Tests.Documents;

namespace Rondo.Cli.Tests;

/// <summary>What is there for running Rondo as a service: the unit of systemd and the container file in dist/.</summary>
public sealed partial class DistTests : IDisposable
{
    private const string Installed = "/usr/local/bin/rondo";

    private static readonly string Dist = Path.Combine(DocumentedCommand.Root, "dist");

    private readonly string _folder = Directory.CreateTempSubdirectory("rondo-dist-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>As the unit starts it; the second time the admin key's file is there.</summary>
    [Fact]
    public async Task Up_UnderAServiceManager_SaysWhenItIsReadyAndWhenItStops()
    {
        var path = Path.Combine(_folder, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            ReceiveTimeout = 60_000,
        };
        manager.Bind(new UnixDomainSocketEndPoint(path));
        var words = ExecStart().Replace("%S/rondo", _folder, StringComparison.Ordinal).Split(' ');
        for (var start = 1; start <= 2; start++)
        {
            await using var rondo = RondoProcess.StartWith(
                _folder,
                new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path },
                [.. words[1..], "--offline", "--urls", "http://127.0.0.1:0"]);

            Assert.Equal("READY=1", Receive(manager));
            var address = Regex.Match(await rondo.ReadUntilAsync("/currency/status"), @"http://127\.0\.0\.1:\d+").Value;
            using var client = new HttpClient();
            Assert.Equal("ready", await client.GetStringAsync(address + "/readyz", Token));
            rondo.Signal("TERM");
            Assert.Equal("STOPPING=1", Receive(manager));
            Assert.Equal(0, await rondo.ExitAsync());
        }

        Assert.StartsWith("ak_", await File.ReadAllTextAsync(Path.Combine(_folder, "admin.key"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WithAManagerThatIsGone_Serves()
    {
        await using var rondo = RondoProcess.StartWith(
            _folder,
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = Path.Combine(_folder, "nobody") },
            "up", "--offline", "--urls", "http://127.0.0.1:0");

        await rondo.ReadUntilAsync("/currency/status");
        rondo.Signal("TERM");
        Assert.Equal(0, await rondo.ExitAsync());
    }

    [Fact]
    public void Unit_Command_IsUnderstood() => Assert.Null(CommandCheck.Mistake(ExecStart().Split(' ')[1..]));

    [Fact]
    public async Task Unit_ReadBySystemd_HasNoMistake()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "systemd is not installed.");

        // It wants the program to be there.
        var unit = Path.Combine(_folder, "rondo.service");
        var text = await File.ReadAllTextAsync(Path.Combine(Dist, "rondo.service"), Token);
        await File.WriteAllTextAsync(
            unit, text.Replace("ExecStart=" + Installed, "ExecStart=" + RondoProcess.Executable, StringComparison.Ordinal), Token);
        using var verify = Process.Start(new ProcessStartInfo(Analyze, ["verify", unit])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await verify.StandardError.ReadToEndAsync(Token) + await verify.StandardOutput.ReadToEndAsync(Token);
        await verify.WaitForExitAsync(Token);

        Assert.Equal("", said);
        Assert.Equal(0, verify.ExitCode);
    }

    /// <summary>What can be told of it without a container engine.</summary>
    [Fact]
    public void Containerfile_Lines_NameWhatIsThere()
    {
        var lines = Regex.Replace(File.ReadAllText(Path.Combine(Dist, "Containerfile")), @"\\\n\s*", "").Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ', 2)).ToList();
        string[] Of(string instruction) => [.. lines.Where(l => l[0] == instruction).Select(l => l[1])];

        // Stages, and what is taken from them.
        Assert.Contains(Of("FROM"), f => f.EndsWith(" AS build", StringComparison.Ordinal));
        var copies = Of("COPY").Select(c => c.Split(' ')).ToList();
        Assert.All(
            copies.Where(c => !c[0].StartsWith("--from=build", StringComparison.Ordinal)),
            copy => Assert.All(copy[..^1], source => Assert.True(Path.Exists(Path.Combine(DocumentedCommand.Root, source)))));
        Assert.Contains(copies, c => c[^1] == Installed);

        // What it runs.
        Assert.Contains(Of("RUN"), r => r.StartsWith("./dev publish linux-x64", StringComparison.Ordinal));
        Assert.Equal([Installed], Words(Assert.Single(Of("ENTRYPOINT"))));
        Assert.Null(CommandCheck.Mistake(Words(Assert.Single(Of("CMD")))));
        var health = Assert.Single(Of("HEALTHCHECK"));
        var check = Words(health[health.IndexOf('[', StringComparison.Ordinal)..]);
        Assert.Equal(Installed, check[0]);
        Assert.Null(CommandCheck.Mistake(check[1..]));

        // As nobody in particular, who may write the volume.
        Assert.Matches(@"^[1-9]\d*$", Assert.Single(Of("USER")));
        Assert.Contains(copies, c => c.Contains($"--chown={Of("USER")[0]}:{Of("USER")[0]}") && c[^1] == Of("VOLUME")[0]);
    }

    [Fact]
    public async Task Containerfile_HealthCheck_TellsAServerThatAnswersFromOneThatIsGone()
    {
        await using var rondo = RondoProcess.Start(_folder, "up", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Regex.Match(await rondo.ReadUntilAsync("/currency/status"), @"http://127\.0\.0\.1:\d+").Value;
        string[] check = ["load", address + "/readyz", "--requests", "1", "--connections", "1"];

        var (healthy, _, error) = await RondoProcess.RunAsync(_folder, check);
        rondo.Signal("TERM");
        await rondo.ExitAsync();
        var (gone, _, _) = await RondoProcess.RunAsync(_folder, check);

        Assert.Equal("", error);
        Assert.Equal(0, healthy);
        Assert.Equal(1, gone);
    }

    private static string ExecStart() => Exec().Match(File.ReadAllText(Path.Combine(Dist, "rondo.service"))).Groups[1].Value;

    private static string[] Words(string list) => JsonSerializer.Deserialize<string[]>(list)!;

    private static string Receive(Socket manager)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
    }

    [GeneratedRegex("^ExecStart=(.+)$", RegexOptions.Multiline)]
    private static partial Regex Exec();
}
