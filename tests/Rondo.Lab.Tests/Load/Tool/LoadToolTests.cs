using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Tool;

/// <summary>What <c>rondo load</c> prints, writes and returns, with the engine in this process.</summary>
public sealed class LoadToolTests : IDisposable
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-load-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Load_Files_HoldTheResult()
    {
        using var server = ScriptedServer.Always(Hello);
        string[] files = [.. new[] { "r.json", "r.csv", "r.hdr", "r.html" }.Select(f => Path.Combine(_data, f))];

        var (exitCode, _, error) = await RunAsync(
            new LoadOptions(server.Url)
            {
                Requests = 200,
                Json = files[0],
                Csv = files[1],
                Hdr = files[2],
                Html = files[3],
            });

        Assert.Equal((0, ""), (exitCode, error));
        var texts = files.Select(File.ReadAllText).ToList();
        using var json = JsonDocument.Parse(texts[0]);
        Assert.Equal("rondo-load/1", json.RootElement.GetProperty("schema").GetString());
        Assert.Equal(200, json.RootElement.GetProperty("completed").GetInt64());
        Assert.Equal(0, json.RootElement.GetProperty("failed").GetProperty("aborted_at_end").GetInt64());
        var times = json.RootElement.GetProperty("service_time");
        Assert.StartsWith("HISTFAAA", times.GetProperty("hdr").GetString(), StringComparison.Ordinal);
        Assert.True(times.GetProperty("p99").GetInt64() <= times.GetProperty("max").GetInt64());
        Assert.StartsWith("second,completed,failed,p50_ms", texts[1], StringComparison.Ordinal);
        Assert.Contains("HISTFAAA", texts[2], StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=", texts[3]);
    }

    [Theory]
    [InlineData(null, "timeout")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "malformed")]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "wrong status")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "closed early")]
    public async Task Load_NothingGood_FailsAndNamesTheKind(string? answer, string kind)
    {
        using var server = ScriptedServer.Always(answer, closes: answer?.EndsWith("short", StringComparison.Ordinal) == true);

        var (exitCode, output, error) = await RunAsync(
            new LoadOptions(server.Url) { Requests = 4, Timeout = "300ms" });

        Assert.Equal(1, exitCode);
        Assert.Matches($"(?m)^failed +4 {kind}$", output);
        Assert.StartsWith("rondo: no request was answered well: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "p99<50s")]
    [InlineData(3, "p50<1us")]
    public async Task Load_Limit_DecidesTheExitCode(int expected, string limit)
    {
        using var server = ScriptedServer.Always(Hello);

        var (exitCode, _, _) = await RunAsync(
            new LoadOptions(server.Url) { Requests = 500, Connections = 1, Slo = limit });

        // A busy machine may be the reason, and then the command says so.
        Assert.True(exitCode == expected || (expected == 3 && exitCode == 4));
    }

    [Fact]
    public async Task Load_FindCapacity_NamesALoadThatHolds()
    {
        using var server = ScriptedServer.Always(Hello);

        var (exitCode, output, error) = await RunAsync(
            new LoadOptions(server.Url) { Find = "capacity", Slo = "p50<20s", Duration = "200ms", MaxConnections = 2 });

        Assert.Contains(exitCode, (int[])[0, 4]);
        Assert.Matches(@"^\d+ requests/s at [12] connections", output);
        Assert.Matches(@"(?m)^ +1 connections +[\d.]+/s +p50 .* holds$", error);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Load_Live_SaysHowItGoesWithoutControlCodes(bool isLive, int lines)
    {
        using var server = ScriptedServer.Always(Hello);

        var (_, _, error) = await RunAsync(new LoadOptions(server.Url) { Requests = 10, Live = isLive });

        Assert.Equal(lines, error.Count(c => c == '\n'));
        Assert.DoesNotContain('\x1b', error);
        Assert.True(!isLive || error.StartsWith("1/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Load_Web_ShowsTheRunAndThenItsEnd()
    {
        using var server = ScriptedServer.Always(Hello);
        using var client = new HttpClient();
        var error = new StringWriter();
        var (running, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var options = new LoadOptions(server.Url) { Requests = 300, Web = ":0" };

        // The page is asked before the first second, after it, and after the end.
        var command = LoadTool.RunAsync(options, TextWriter.Null, error, false, async (plan, onSecond, stop) =>
        {
            running.SetResult();
            await second.Task;
            return await LoadEngine.RunAsync(plan, onSecond, stop);
        });
        await running.Task;
        var url = Regex.Match(error.ToString(), @"shown at (http://127\.0\.0\.1:\d+/)\n").Groups[1].Value;
        using var early = await client.GetAsync(url, TestContext.Current.CancellationToken);
        using var elsewhere = await client.GetAsync(url + "other", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = "example.org" } };
        using var misdirected = await client.SendAsync(request, TestContext.Current.CancellationToken);
        second.SetResult();
        var last = early;
        while (last.Headers.Contains("Refresh"))
        {
            last = await client.GetAsync(url, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, await command);
        Assert.Equal((200, 404, 421), ((int)early.StatusCode, (int)elsewhere.StatusCode, (int)misdirected.StatusCode));
        Assert.Equal("1", early.Headers.GetValues("Refresh").Single());
        Assert.Contains("0 requests/s from", await TextAsync(early), StringComparison.Ordinal);
        Assert.Matches("<dd>300<small>requests in", await TextAsync(last));
        Assert.DoesNotMatch("(src|href)=", await TextAsync(last));

        static Task<string> TextAsync(HttpResponseMessage page) => page.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task Load_WebOnATakenPort_IsAUsageError()
    {
        using var server = ScriptedServer.Always(Hello);

        var (exitCode, _, error) = await RunAsync(
            new LoadOptions(server.Url) { Requests = 1, Web = $":{server.Port}" });

        Assert.Equal(2, exitCode);
        Assert.StartsWith("rondo: --web: ", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(LoadOptions options)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await LoadTool.RunAsync(options, output, error, isTerminal: false, LoadEngine.RunAsync);
        return (exitCode, output.ToString(), error.ToString());
    }
}
