using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Wrk;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Wrk;

/// <summary>The real wrk beside ours: every line of the same form, in the same order. Runs last a second, as wrk has it.</summary>
public sealed class WrkToolTests
{
    private const string Hello =
        "HTTP/1.1 200 OK\r\nServer: tiny\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";

    [Theory]
    [InlineData("-t2", "-c8", "-d1s", "--latency")]
    [InlineData("-t", "1", "-c", "2", "-d", "1", "-H", "X-A: b")]
    [InlineData("--threads=2", "--connections=2", "--duration=1s", "--timeout=1s")]
    public async Task Wrk_Flags_GiveTheLinesOfWrk(params string[] flags)
    {
        using var server = ScriptedServer.Always(Hello);

        var other = RealTool.RunAsync("wrk", [.. flags, server.Url]);
        var (ourCode, ours, error) = await OursAsync([.. flags, server.Url]);
        var (exitCode, theirs) = await other;

        Assert.Equal((exitCode, ""), (ourCode, error));
        Assert.Equal(RealTool.Grammar(theirs), RealTool.Grammar(ours));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("garbage\r\n\r\n", true)]
    public async Task Wrk_Errors_GiveTheLinesOfWrk(string answer, bool closes)
    {
        using var server = ScriptedServer.Always(answer, closes);

        var other = RealTool.RunAsync("wrk", ["-t1", "-c2", "-d1s", server.Url]);
        var (_, ours, _) = await OursAsync(["-t1", "-c2", "-d1s", server.Url]);
        var (_, theirs) = await other;

        Assert.Equal(RealTool.Grammar(theirs), RealTool.Grammar(ours));
    }

    [Fact]
    public async Task Wrk_HundredThreadsOfTheTalks_Works()
    {
        using var server = ScriptedServer.Always(Hello);

        var (exitCode, output, _) = await OursAsync(["-t100", "-c100", "-d1s", server.Url]);

        Assert.Equal(0, exitCode);
        Assert.Contains("  100 threads and 100 connections\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrk_HandshakesThatFail_AreErrorsOfConnecting()
    {
        using var server = TlsServer.Answering(5);

        // Once the target has been found to be there, nothing is believed any more.
        var output = new StringWriter();
        await WrkTool.RunAsync(
            ["-t1", "-c1", "-d1s", $"https://localhost:{server.Port}/"],
            output,
            TextWriter.Null,
            (plan, onSecond, stop) => LoadEngine.RunAsync(plan with { TlsInsecure = false }, onSecond, stop));

        Assert.Matches("(?m)^  Socket errors: connect [1-9][0-9]*, read 0, write 0, timeout 0$", output.ToString());
    }

    private static async Task<(int ExitCode, string Output, string Error)> OursAsync(string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await WrkTool.RunAsync(arguments, output, error, LoadEngine.RunAsync);
        return (exitCode, output.ToString(), error.ToString());
    }
}
