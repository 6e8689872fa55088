using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Load;

/// <summary>The real wrk and ab beside ours: every line of the same form, in the same order.</summary>
public sealed partial class PersonalityTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-load-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("-t2", "-c8", "-d1s", "--latency")]
    [InlineData("-t", "1", "-c", "2", "-d", "1", "-H", "X-A: b")]
    [InlineData("--threads=2", "--connections=2", "--duration=1s", "--timeout=1s")]
    public async Task Wrk_Flags_GiveTheLinesOfWrk(params string[] flags)
    {
        using var server = new TinyServer();

        var other = RunAsync("wrk", [.. flags, server.Url]);
        var (ourCode, ours, error) = await RondoProcess.RunAsync(_data, ["wrk", .. flags, server.Url]);
        var (exitCode, theirs) = await other;

        Assert.Equal((exitCode, ""), (ourCode, error));
        Assert.Equal(Grammar(theirs), Grammar(ours));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("garbage\r\n\r\n", true)]
    public async Task Wrk_Errors_GiveTheLinesOfWrk(string answer, bool closes)
    {
        using var server = new TinyServer(answer, closes);

        var other = RunAsync("wrk", ["-t1", "-c2", "-d1s", server.Url]);
        var (_, ours, _) = await RondoProcess.RunAsync(_data, "wrk", "-t1", "-c2", "-d1s", server.Url);
        var (_, theirs) = await other;

        Assert.Equal(Grammar(theirs), Grammar(ours));
    }

    [Theory]
    [InlineData("-n", "200", "-c", "8", "-k")]
    [InlineData("-c", "2", "-n", "10")]
    [InlineData("-n", "20", "-d", "-S", "-l")]
    [InlineData("-n20", "-i", "-q")]
    [InlineData("-n", "20", "-c2", "-p", "BODY", "-T", "text/plain")]
    public async Task Ab_Flags_GiveTheLinesOfAb(params string[] flags)
    {
        using var server = new TinyServer(
            "HTTP/1.1 200 OK\r\nServer: tiny\r\nConnection: keep-alive\r\nContent-Length: "
                + (flags.Contains("-i") ? "0\r\n\r\n" : "5\r\n\r\nhello"),
            closes: !flags.Contains("-k"));
        var body = Path.Combine(_data, "body");
        await File.WriteAllTextAsync(body, "content", TestContext.Current.CancellationToken);
        string[] line = [.. flags.Select(f => f == "BODY" ? body : f), server.Url];

        var (exitCode, theirs) = await RunAsync("ab", line);
        var (ourCode, ours, _) = await RondoProcess.RunAsync(_data, ["ab", .. line]);

        Assert.Equal((exitCode, 0), (ourCode, ourCode));
        Assert.Equal(AbLines(theirs), AbLines(ours));
    }

    [Fact]
    public async Task Ab_Failures_GiveTheLinesOfAb()
    {
        using var server = new TinyServer("HTTP/1.0 500 Broken\r\nServer: tiny\r\n\r\nsorry", closes: true);

        var (_, theirs) = await RunAsync("ab", ["-n", "10", server.Url]);
        var (_, ours, _) = await RondoProcess.RunAsync(_data, "ab", "-n", "10", server.Url);

        Assert.Equal(AbLines(theirs), AbLines(ours));
        Assert.Contains("Non-2xx responses:      10\n", ours, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-g")]
    public async Task Ab_Files_HaveTheLinesOfAb(string flag)
    {
        using var server = new TinyServer();
        var (theirs, ours) = (Path.Combine(_data, "theirs"), Path.Combine(_data, "ours"));

        await RunAsync("ab", ["-n", "120", "-c", "2", "-k", flag, theirs, server.Url]);
        await RondoProcess.RunAsync(_data, "ab", "-n", "120", "-c", "2", "-k", flag, ours, server.Url);

        Assert.Equal(Grammar(await ReadAsync(theirs)), Grammar(await ReadAsync(ours)));
    }

    [Fact]
    public async Task Wrk_HundredThreadsOfTheTalks_Works()
    {
        using var server = new TinyServer();

        var (exitCode, output, _) = await RondoProcess.RunAsync(_data, "wrk", "-t100", "-c100", "-d1s", server.Url);

        Assert.Equal(0, exitCode);
        Assert.Contains("  100 threads and 100 connections\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrk", "-d1s")]
    [InlineData("ab", "-n1")]
    public async Task Link_NamedAsTheTool_SpeaksLikeIt(string name, string flag)
    {
        using var server = new TinyServer();
        var link = Path.Combine(_data, name);
        File.CreateSymbolicLink(link, RondoProcess.Executable);

        var (exitCode, output) = await RunAsync(link, [flag, server.Url]);

        Assert.Equal(0, exitCode);
        Assert.Contains(name == "wrk" ? "Requests/sec:" : "Requests per second:", output, StringComparison.Ordinal);
    }

    // Numbers and units vary, and so does the first line of ab, which says who it is; spaces count between words only.
    private static List<string> Grammar(string text) =>
    [
        .. text.TrimEnd('\n').Split('\n')
            .Select(l => Number().Replace(l.Replace("-nan%", "0%", StringComparison.Ordinal), "#"))
            .Select(l => Day().Replace(l, "DAY"))
            .Select(l => Regex.Replace(l, " +", " ")),
    ];

    // What ab judges of its own figures depends on them.
    private static List<string> AbLines(string text) =>
    [
        .. Grammar(text[text.IndexOf("Benchmarking", StringComparison.Ordinal)..])
            .Where(l => !Judgement().IsMatch(l))
            .Select(l => l.StartsWith("Concurrency", StringComparison.Ordinal) ? l : l.Replace(".", "", StringComparison.Ordinal)),
    ];

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    [GeneratedRegex(@"\b\d+(\.\d+)?(us|ms|s|k|K|M|G)?(?=$|[^\w.])|\b\d+(\.\d+)?[KMG]?(?=B)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\w{3} \w{3} +#? ?# #:#:# #|^\w{3} \w{3} .*?(?=\t)")]
    private static partial Regex Day();

    [GeneratedRegex("^(WARNING|ERROR): The median|^ (These results are probably|deviation apart)")]
    private static partial Regex Judgement();
}
