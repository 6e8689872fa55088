using Rondo.Lab.Load.Ab;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Load.Wrk;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Tool;

/// <summary>What cannot be done is said in one sentence, before anything runs.</summary>
public sealed class BadInputTests
{
    private static readonly (string Message, LoadOptions Options)[] Misuses =
    [
        ("--connections must be", new LoadOptions("URL") { Connections = 0 }),
        ("above 0", new LoadOptions("URL") { Duration = "0" }),
        ("--threads must be", new LoadOptions("URL") { Connections = 1, Threads = 2 }),
        ("--requests must be", new LoadOptions("URL") { Requests = 0 }),
        ("--rate must be", new LoadOptions("URL") { Rate = 0 }),
        ("--rate must be", new LoadOptions("URL") { Rate = 300_000 }),
        ("--max-connections", new LoadOptions("URL") { MaxConnections = 9 }),
        ("duration such as", new LoadOptions("URL") { Duration = "soon" }),
        ("duration such as", new LoadOptions("URL") { Timeout = "-1s" }),
        ("no header", new LoadOptions("URL") { Headers = ["nonsense"] }),
        ("no header", new LoadOptions("URL") { Headers = ["A: b\r\nC: d"] }),
        ("exclude each other", new LoadOptions("URL") { Body = "a", BodyFile = "b" }),
        ("--body-file", new LoadOptions("URL") { BodyFile = "/nowhere" }),
        ("--think", new LoadOptions("URL") { Rate = 1, Think = "1s" }),
        ("p99<200ms", new LoadOptions("URL") { Slo = "fast" }),
        ("p99<200ms", new LoadOptions("URL") { Slo = "p101<1s" }),
        ("needs the limit", new LoadOptions("URL") { Find = "capacity" }),
        ("leave --rate out", new LoadOptions("URL") { Find = "capacity", Slo = "p99<1s", Rate = 1 }),
        ("64 hexadecimal", new LoadOptions("URL") { ExpectSha = "abc" }),
        ("ulimit -n", new LoadOptions("URL") { Connections = 1_000_000 }),
        ("no URL", new LoadOptions("nonsense")),
        ("no URL", new LoadOptions("ftp://127.0.0.1/")),
        ("--streams is for", new LoadOptions("URL") { Streams = 2 }),
        ("--max-connections goes", new LoadOptions("URL") { Http = "2", MaxConnections = 100 }),
        ("at most 1000000 s", new LoadOptions("URL") { Timeout = "9999h" }),
        ("no method", new LoadOptions("URL") { Method = "GET /\r\nX:" }),
        ("no method", new LoadOptions("URL") { Method = "" }),
        ("no header", new LoadOptions("URL") { Headers = ["A: \u20ac"] }),
        ("--web", new LoadOptions("URL") { Web = "8080" }),
        ("--web", new LoadOptions("URL") { Web = ":65536" }),
        ("--web shows one run", new LoadOptions("URL") { Web = ":0", Find = "capacity", Slo = "p99<1s" }),
        ("--engine, --threads", new LoadOptions("URL") { Http = "2", NoKeepAlive = true }),
        ("over --http 1.1", new LoadOptions("URL") { Http = "2", WebSocket = true }),
        ("--method is not", new LoadOptions("URL") { WebSocket = true, Method = "POST" }),
        ("--expect-status is not", new LoadOptions("URL") { WebSocket = true, ExpectStatus = 200 }),
        ("--threads is not", new LoadOptions("URL") { FanOut = true, Threads = 2 }),
        ("are not for --ws-fanout", new LoadOptions("URL") { FanOut = true, Ramp = "1s" }),
        ("--i-own-this-host", new LoadOptions("http://192.0.2.1/")),
    ];

    [Fact]
    public async Task Load_Misused_IsAUsageError()
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);
        foreach (var (message, options) in Misuses)
        {
            var (output, error) = (new StringWriter(), new StringWriter());
            var exitCode = await LoadTool.RunAsync(
                options.Url == "URL" ? options with { Url = server.Url } : options, output, error, isTerminal: false);

            Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
            Assert.StartsWith("rondo: ", error.ToString(), StringComparison.Ordinal);
            Assert.Equal((2, ""), (exitCode, output.ToString()));
        }
    }

    [Theory]
    [InlineData("unable to resolve 'no.such.host.invalid'", "http://no.such.host.invalid/")]
    [InlineData("unable to connect to 127.0.0.1:1: Connection refused", "http://127.0.0.1:1/")]
    public async Task Load_TargetThatIsNotThere_FailsBeforeTheRun(string message, string url)
    {
        var error = new StringWriter();

        Assert.Equal(1, await LoadTool.RunAsync(new LoadOptions(url), TextWriter.Null, error, isTerminal: false));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_CertificateThatIsNotTrusted_FailsBeforeTheRun()
    {
        using var server = TlsServer.Answering(5);
        var error = new StringWriter();
        var options = new LoadOptions($"https://localhost:{server.Port}/");

        Assert.Equal(1, await LoadTool.RunAsync(options, TextWriter.Null, error, isTerminal: false));
        Assert.Contains("the TLS handshake with localhost", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--tls-insecure", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "scripts (-s)", "wrk", "-s", "x.lua", "URL")]
    [InlineData(2, "Usage: wrk", "wrk")]
    [InlineData(2, "unknown option '-Z'", "wrk", "-Z", "URL")]
    [InlineData(2, "needs a value", "wrk", "-c")]
    [InlineData(2, ">= threads", "wrk", "-t", "4", "-c", "2", "URL")]
    [InlineData(2, "above 0", "wrk", "-c", "0", "URL")]
    [InlineData(2, "above 0", "wrk", "-d", "0", "URL")]
    [InlineData(2, "ulimit -n", "wrk", "-c", "100M", "URL")]
    [InlineData(2, "not this machine", "wrk", "http://192.0.2.1/")]
    [InlineData(1, "unable to connect", "wrk", "http://127.0.0.1:1/")]
    [InlineData(2, "Usage: ab", "ab")]
    [InlineData(2, "concurrency", "ab", "-n", "2", "-c", "4", "URL")]
    [InlineData(2, "-X is not supported", "ab", "-X", "proxy:1", "URL")]
    [InlineData(2, "could not read the data file", "ab", "-p", "/nowhere", "URL")]
    [InlineData(2, "https is not supported", "ab", "https://127.0.0.1:1/")]
    [InlineData(2, "ws is not supported", "wrk", "ws://127.0.0.1:1/")]
    [InlineData(1, "unable to connect", "ab", "http://127.0.0.1:1/")]
    public async Task Personality_Misused_SaysWhy(int expected, string message, string tool, params string[] line)
    {
        using var server = ScriptedServer.Answering(_ => ScriptedServer.Ok);
        string[] arguments = [.. line.Select(a => a == "URL" ? server.Url : a)];
        var error = new StringWriter();

        var exitCode = tool == "wrk"
            ? await WrkTool.RunAsync(arguments, TextWriter.Null, error)
            : await AbTool.RunAsync(arguments, TextWriter.Null, error);

        Assert.Equal(expected, exitCode);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }
}
