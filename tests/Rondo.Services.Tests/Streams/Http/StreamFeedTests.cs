using System.Text.Json;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Http;

/// <summary>The forms of a stream, on the one that the server has.</summary>
public sealed class StreamFeedTests
{
    private const string Path = "/currency/stream";
    private const string AsPage = "Accept: application/json";

    [Fact]
    public async Task Page_Next_LeadsThroughEverything()
    {
        await using var server = await StartAsync(events: 24);
        var (seen, next) = (new List<long>(), "0");
        while (true)
        {
            using var page = await PageAsync(server, $"?limit=10&after={next}");
            var events = page.RootElement.GetProperty("events").EnumerateArray().ToList();
            next = page.RootElement.GetProperty("next").GetString()!;
            if (events.Count == 0)
            {
                break;
            }

            seen.AddRange(events.Select(e => e.GetProperty("seq").GetInt64()));
        }

        Assert.Equal(Enumerable.Range(1, 25), seen.Select(s => (int)s));
    }

    [Theory]
    [InlineData("?limit=1", "application/json")]
    [InlineData("?wait=0", "application/json")]
    [InlineData("?after=0", "text/event-stream")]
    [InlineData("", "text/event-stream")]
    public async Task Form_ClientThatDoesNotCare_FollowsFromWhatItAsksFor(string query, string type)
    {
        await using var server = await StartAsync();
        using var response = await server.Client.GetAsync(
            Path + query, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Page_Wait_ReturnsWithTheNextEvent()
    {
        await using var server = await StartAsync();
        var waiting = PageAsync(server, "?after=1&wait=60s");

        await AppendAsync(server, 1);

        using var page = await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(2, page.RootElement.GetProperty("events")[0].GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Page_WaitThatIsOver_IsEmpty()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await StartAsync(time: time);
        var waiting = PageAsync(server, "?after=1&wait=20s");
        while (!time.Due.Contains(TestServer.Friday.AddSeconds(20)))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(20));

        using var page = await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, page.RootElement.GetProperty("events").GetArrayLength());
        Assert.EndsWith("-1", page.RootElement.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Page_ServerStops_AnswersWhoWaits()
    {
        await using var server = await StartAsync();
        var waiting = PageAsync(server, "?after=1&wait=60s");
        using var first = await PageAsync(server, "");

        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        using var page = await waiting;
        Assert.Equal(0, page.RootElement.GetProperty("events").GetArrayLength());
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml;q=1, image/*")]
    public async Task Stream_FormThatIsNotThere_Is406(string accept)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(Path, "Accept: " + accept);

        Assert.Equal(406, (int)response.StatusCode);
        Assert.Contains("/problems/not-acceptable", body);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task Stream_StoreThatIsClosed_Is503(string accept)
    {
        await using var server = await StartAsync();
        await server.Services.GetRequiredService<IEventStore>().DisposeAsync();

        var (response, body) = await server.GetAsync(Path, "Accept: " + accept);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains("/problems/store-unavailable", body);
        Assert.Equal(503, (int)(await server.GetAsync("/readyz")).Response.StatusCode);
    }

    [Fact]
    public async Task Events_ManyAtOnce_ComeWholeAndInOrder()
    {
        await using var server = await StartAsync(events: 200);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path + "?after=0");
        using var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await AppendAsync(server, 200);

        var ids = new List<int>();
        while (ids.Count < 401)
        {
            if (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line.StartsWith("id: ", StringComparison.Ordinal))
            {
                ids.Add(int.Parse(line.Split('-')[1], null));
            }
        }

        Assert.Equal(Enumerable.Range(1, 401), ids);
    }

    [Fact]
    public async Task Metrics_Events_AreCounted()
    {
        await using var server = await StartAsync(events: 3);

        var (_, metrics) = await server.GetAsync("/metrics");

        // The first start's rates are one, and each service that registers is one.
        var others = 1 + RondoServer.AllServices.Count;
        Assert.Contains($"rondo_streams_events_total {3 + others}", metrics);
    }

    [Fact]
    public async Task Events_ClientThatDoesNotRead_SlowsNoAppendAndLosesItsPlace()
    {
        await using var server = await StartAsync();
        using var socket = new System.Net.Sockets.TcpClient("127.0.0.1", server.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            "GET /currency/stream HTTP/1.1\r\nHost: rondo\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.NotEqual(-1, stream.ReadByte());

        var store = server.Services.GetRequiredService<IEventStore>();
        var large = new NewEvent("rates", System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 60_000)}\""));
        for (var i = 0; i < 60; i++)
        {
            await store.AppendAsync(
                "rates", [.. Enumerable.Repeat(large, 10)], cancellation: TestContext.Current.CancellationToken);
        }

        // It was told to come again: its stream has an end.
        using var lines = new StreamReader(stream);
        var text = await lines.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var last = text.Split("id: ")[^1].Split('\n')[0];
        Assert.InRange(long.Parse(last.Split('-')[1], null), 1, 600);
    }

    private static async Task<TestServer> StartAsync(int events = 0, ManualTime? time = null)
    {
        var server = await TestServer.StartAsync("Date,USD\n2026-11-20,1.22\n", time ?? new ManualTime(TestServer.Friday));
        await AppendAsync(server, events);
        return server;
    }

    private static async Task AppendAsync(TestServer server, int count)
    {
        var store = server.Services.GetRequiredService<IEventStore>();
        for (var i = 0; i < count; i++)
        {
            await store.AppendAsync(
                "rates", [new NewEvent("rates", "{}"u8.ToArray())], cancellation: TestContext.Current.CancellationToken);
        }
    }

    private static async Task<JsonDocument> PageAsync(TestServer server, string query)
    {
        var (response, body) = await server.GetAsync(Path + query, AsPage);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body);
    }
}
