using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>
/// <c>rondo up --split</c> as a user starts it. Real time is its subject: what is killed must be back within seconds.
/// </summary>
public sealed partial class SplitUpTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    private static readonly Dictionary<string, string> PathOf = new()
    {
        ["chat"] = "/chat/rooms/lobby/messages",
        ["currency"] = "/convert/GBP/100",
        ["noise"] = "/noise/rooms",
        ["weather"] = "/forecast",
    };

    private readonly string _data = Directory.CreateTempSubdirectory("rondo-split-up-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

    private Uri? _address;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Split_WorksAsOneServerAndSurvivesEachKill()
    {
        await using (var rondo = Start())
        {
            var log = rondo.ErrorAsync();
            var admin = await ReadyAsync(rondo);
            await UseAsync(admin);
            AssertNoSecret(rondo, admin);
            foreach (var (killed, path) in PathOf)
            {
                var process = await ProcessAsync(killed);
                process.Kill();
                var away = await StatusAsync(path);
                Assert.True((int)away is 200 or 502 or 503, $"{killed}: {away}");
                foreach (var (other, otherPath) in PathOf.Where(p => p.Key != killed))
                {
                    Assert.Equal((other, HttpStatusCode.OK), (other, await StatusAsync(otherPath)));
                }

                await UntilAsync(async () => await ChildAsync(killed) is { } child
                    && child["restarts"]!.GetValue<int>() == 1 && child["ready"]!.GetValue<bool>());
                await UntilAsync(async () => await StatusAsync(path) == HttpStatusCode.OK);
            }

            Assert.Equal("signal KILL", (await ChildAsync("chat"))["last_exit"]!["text"]!.GetValue<string>());
            await SaysAsync(PathOf["chat"], "hello from outside");
            await SaysAsync("/board", "restarted once in the last hour");
            rondo.Signal("TERM");
            Assert.Equal(0, await rondo.ExitAsync());
            Assert.Equal(PathOf.Count, Regex.Count(await log, "has stopped: exit code 0"));
        }

        // The same data, and the group of a terminal that is told to stop at once.
        await using var again = Start();
        var second = again.ErrorAsync();
        await ReadyAsync(again);
        await SaysAsync(PathOf["chat"], "hello from outside");
        var children = again.Children();
        again.Signal("INT", children);
        Assert.Equal(0, await again.ExitAsync());
        Assert.All(children, c => Assert.True(c.HasExited));
        Assert.DoesNotMatch("exit code [^0]|signal ", await second);
    }

    [Fact]
    public async Task Split_FrontKilled_LeavesNoChild()
    {
        await using var rondo = Start();
        _ = rondo.ErrorAsync();
        await ReadyAsync(rondo);
        var children = rondo.Children();
        Assert.Equal(PathOf.Count, children.Count);

        rondo.Signal("KILL");
        await rondo.ExitAsync();

        foreach (var child in children)
        {
            await child.WaitForExitAsync(Cancelled).WaitAsync(Guard, Cancelled);
        }
    }

    [Fact]
    public async Task Split_ChildThatCannotStart_BacksOffAndTheBoardSaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_data, "weather", "rondo.db"));
        await using var rondo = Start();
        _ = rondo.ErrorAsync();
        await AddressAsync(rondo);

        var waits = new List<TimeSpan>();
        await UntilAsync(async () =>
        {
            if (await ChildAsync("weather") is { } child && child["state"]!.GetValue<string>() == "backing-off"
                && child["restarts"]!.GetValue<int>() > waits.Count)
            {
                waits.Add(Moment(child["next"]!) - Moment(child["last_exit"]!["at"]!));
                Assert.Equal(1, child["last_exit"]!["code"]!.GetValue<int>());
                Assert.StartsWith(
                    "rondo: ", child["last_exit"]!["last_line"]!.GetValue<string>(), StringComparison.Ordinal);
                if (waits.Count == 3)
                {
                    Assert.Matches(
                        @"weather +down .*restarts in \d+ s", await _client.GetStringAsync(At("/board"), Cancelled));
                }
            }

            return waits.Count == 3;
        });

        Assert.Equal(waits.Order(), waits);
        Assert.True(waits[2] > waits[0] * 2, string.Join(", ", waits));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/forecast"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/convert/GBP/100"));
        rondo.Signal("TERM");
        Assert.Equal(0, await rondo.ExitAsync());
    }

    [Theory]
    [InlineData("--key-file FILE", "serve", "weather", "--registry", "http://127.0.0.1:1", "--key", "ak_text")]
    [InlineData("--key-file FILE", "serve", "weather", "--registry", "http://me:secret@127.0.0.1:1", "--key-file", "x")]
    [InlineData("--database-file FILE", "serve", "weather", "--database", "postgresql://me:secret@db/rondo")]
    public async Task Secret_OnTheCommandLine_IsRefusedAndNotRepeated(string hint, params string[] arguments)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, arguments);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("ak_text", error, StringComparison.Ordinal);
    }

    private RondoProcess Start() =>
        RondoProcess.Start(_data, "up", "--split", "--offline", "--urls", "http://127.0.0.1:0");

    /// <summary>Waits for all services; the admin key, if it is shown.</summary>
    private async Task<string> ReadyAsync(RondoProcess rondo)
    {
        var welcome = await AddressAsync(rondo);
        foreach (var name in PathOf.Keys)
        {
            await UntilAsync(async () => (await ChildAsync(name))["ready"]!.GetValue<bool>());
            await UntilAsync(async () => await StatusAsync(PathOf[name]) == HttpStatusCode.OK);
        }

        return Key().Match(welcome).Value;
    }

    private async Task<string> AddressAsync(RondoProcess rondo)
    {
        var welcome = await rondo.ReadUntilAsync("/currency/status");
        _address = new Uri(Address().Match(welcome).Value);
        return welcome;
    }

    // Everything at the paths of one server: text, pages and cookies, WebSockets, keys.
    private async Task UseAsync(string admin)
    {
        using var page = await GetAsync("/chat", "text/html");
        Assert.Contains(
            page.Headers.GetValues("Set-Cookie"), c => c.StartsWith("rondo_guest=", StringComparison.Ordinal));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{_address!.Authority}/chatsocket"), Cancelled);
        using var posted = await _client.PostAsync(
            At(PathOf["chat"]), new StringContent("hello from outside", Encoding.UTF8, "text/plain"), Cancelled);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        var heard = new byte[4096];
        var frame = await socket.ReceiveAsync(heard, Cancelled);
        Assert.Contains("hello from outside", Encoding.UTF8.GetString(heard, 0, frame.Count), StringComparison.Ordinal);
        socket.Abort();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/weather"));
        using var weather = await GetAsync("/weather", "application/json", admin);
        Assert.Equal(HttpStatusCode.OK, weather.StatusCode);
        await PublishAsync(admin);
        using var measuring = await GetAsync("/noise/measure/lab", "text/html");
        foreach (var told in new[] { "Lab", "hello from outside", "USD 1", "Munich" })
        {
            await SaysAsync("/board", told);
        }
    }

    private Task SaysAsync(string path, string text) => UntilAsync(async () =>
        (await _client.GetStringAsync(At(path), Cancelled)).Contains(text, StringComparison.Ordinal));

    private async Task PublishAsync(string admin)
    {
        using var room = await SendAsync(
            HttpMethod.Put, "/noise/rooms/lab", new { name = "Lab", kind = "lobby" }, admin);
        Assert.Equal(HttpStatusCode.Created, room.StatusCode);
        using var device = await SendAsync(HttpMethod.Post, "/noise/rooms/lab/devices", new { device = "d1" }, admin);
        var token = JsonNode.Parse(await device.Content.ReadAsStringAsync(Cancelled))!["token"]!.GetValue<string>();
        using var sample = await SendAsync(
            HttpMethod.Post, "/noise/rooms/lab/samples",
            new
            {
                v = 1,
                room = "lab",
                device = "d1",
                seq = 1,
                dur = 1,
                laeq = 50,
                lafmax = 55,
                t0 = DateTimeOffset.UtcNow.AddSeconds(-2).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null),
            },
            token);
        Assert.Equal(1, JsonNode.Parse(await sample.Content.ReadAsStringAsync(Cancelled))!["ack"]!.GetValue<int>());
    }

    // Neither what starts a process nor what it finds around it has a key.
    private void AssertNoSecret(RondoProcess rondo, string admin)
    {
        Assert.NotEmpty(admin);
        foreach (var child in rondo.Children())
        {
            foreach (var file in new[] { "cmdline", "environ" })
            {
                Assert.DoesNotContain("ak_", File.ReadAllText($"/proc/{child.Id}/{file}"), StringComparison.Ordinal);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.EnumerateFiles(_data, "*.key", SearchOption.AllDirectories))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    private Uri At(string path) => new(_address!, path);

    private async Task<Process> ProcessAsync(string name) =>
        Process.GetProcessById((await ChildAsync(name))["process"]!.GetValue<int>());

    private async Task<JsonNode> ChildAsync(string name) =>
        JsonNode.Parse(await _client.GetStringAsync(At("/supervision"), Cancelled))!["services"]!.AsArray()
            .Single(s => s!["name"]!.GetValue<string>() == name)!;

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _client.GetAsync(At(path), Cancelled);
        Assert.Equal(
            response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway,
            response.Headers.RetryAfter is not null);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(path));
        request.Headers.Accept.ParseAdd(accept);
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        var response = await _client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(method, At(path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", key);
        return await _client.SendAsync(request, Cancelled);
    }

    private static DateTimeOffset Moment(JsonNode node) =>
        DateTimeOffset.Parse(node.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Guard);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await isSo())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"ak_\w{8}_\w{49}")]
    private static partial Regex Key();
}
