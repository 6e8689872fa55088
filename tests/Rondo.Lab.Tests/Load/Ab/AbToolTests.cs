using Rondo.Lab.Load.Ab;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Ab;

/// <summary>The real ab beside ours: every line of the same form, in the same order.</summary>
public sealed class AbToolTests : IDisposable
{
    private const string Hello =
        "HTTP/1.1 200 OK\r\nServer: tiny\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-ab-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("-n", "200", "-c", "8", "-k")]
    [InlineData("-c", "2", "-n", "10")]
    [InlineData("-n", "20", "-d", "-S", "-l")]
    [InlineData("-n20", "-i", "-q")]
    [InlineData("-n", "20", "-c2", "-p", "BODY", "-T", "text/plain")]
    public async Task Ab_Flags_GiveTheLinesOfAb(params string[] flags)
    {
        using var server = ScriptedServer.Always(
            "HTTP/1.1 200 OK\r\nServer: tiny\r\nConnection: keep-alive\r\nContent-Length: "
                + (flags.Contains("-i") ? "0\r\n\r\n" : "5\r\n\r\nhello"),
            closes: !flags.Contains("-k"));
        var body = Path.Combine(_data, "body");
        await File.WriteAllTextAsync(body, "content", TestContext.Current.CancellationToken);
        string[] line = [.. flags.Select(f => f == "BODY" ? body : f), server.Url];

        var (exitCode, theirs) = await RealTool.RunAsync("ab", line);
        var (ourCode, ours, _) = await OursAsync(line);

        Assert.Equal((exitCode, 0), (ourCode, ourCode));
        Assert.Equal(RealTool.AbLines(theirs), RealTool.AbLines(ours));
    }

    [Fact]
    public async Task Ab_Failures_GiveTheLinesOfAb()
    {
        using var server = ScriptedServer.Always("HTTP/1.0 500 Broken\r\nServer: tiny\r\n\r\nsorry", closes: true);

        var (_, theirs) = await RealTool.RunAsync("ab", ["-n", "10", server.Url]);
        var (_, ours, _) = await OursAsync(["-n", "10", server.Url]);

        Assert.Equal(RealTool.AbLines(theirs), RealTool.AbLines(ours));
        Assert.Contains("Non-2xx responses:      10\n", ours, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-e")]
    [InlineData("-g")]
    public async Task Ab_Files_HaveTheLinesOfAb(string flag)
    {
        using var server = ScriptedServer.Always(Hello);
        var (theirs, ours) = (Path.Combine(_data, "theirs"), Path.Combine(_data, "ours"));

        await RealTool.RunAsync("ab", ["-n", "120", "-c", "2", "-k", flag, theirs, server.Url]);
        await OursAsync(["-n", "120", "-c", "2", "-k", flag, ours, server.Url]);

        Assert.Equal(RealTool.Grammar(await ReadAsync(theirs)), RealTool.Grammar(await ReadAsync(ours)));
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);

    private static async Task<(int ExitCode, string Output, string Error)> OursAsync(string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await AbTool.RunAsync(arguments, output, error, LoadEngine.RunAsync);
        return (exitCode, output.ToString(), error.ToString());
    }
}
