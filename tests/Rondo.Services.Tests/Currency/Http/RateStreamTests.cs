using System.Text;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class RateStreamTests
{
    private const string Csv = "Date,USD\n2026-11-20,1.22\n";

    [Fact]
    public async Task Stream_FirstConnection_StartsWithThePresentState()
    {
        await using var server = await TestServer.StartAsync(Csv, new ManualTime(TestServer.Friday));
        using var stream = await OpenAsync(server);

        var (id, data) = await stream.NextAsync();

        Assert.Equal("text/event-stream", stream.ContentType);
        Assert.Equal("0", id);
        Assert.Equal("""{"source":"file","date":"2026-11-20","base":"EUR","rates":{"USD":"1.22"}}""", data);
    }

    [Fact]
    public async Task Stream_Import_SendsTheChangeAtOnce()
    {
        await using var server = await StartAsync();
        using var stream = await OpenAsync(server);
        var (before, _) = await stream.NextAsync();

        await ImportAsync(server, server.CreateAdminKey(), Csv);
        var (id, data) = await stream.NextAsync();
        using var json = JsonDocument.Parse(data);

        Assert.Equal("0", before);
        Assert.Equal("1", id);
        Assert.Equal("ECB", json.RootElement.GetProperty("source").GetString());
        Assert.Equal("2026-11-20", json.RootElement.GetProperty("changed").GetProperty("last_date").GetString());
        Assert.Equal("1.22", json.RootElement.GetProperty("rates").GetProperty("USD").GetString());
    }

    [Fact]
    public async Task Stream_ImportOfOlderDays_DoesNotGiveTheNewestRatesAnotherName()
    {
        await using var server = await StartAsync();
        using var stream = await OpenAsync(server);
        await stream.NextAsync();

        await ImportAsync(server, server.CreateAdminKey(), "Date,USD\n1999-01-04,1.1789\n");
        using var json = JsonDocument.Parse((await stream.NextAsync()).Data);

        Assert.Equal("currency-api", json.RootElement.GetProperty("source").GetString());
        Assert.Equal("ECB", json.RootElement.GetProperty("changed").GetProperty("source").GetString());
    }

    [Fact]
    public async Task Stream_LastEventId_GetsWhatItMissedAndThenWhatComes()
    {
        await using var server = await StartAsync();
        var key = server.CreateAdminKey();
        foreach (var rate in new[] { "1.22", "1.23", "1.24" })
        {
            await ImportAsync(server, key, Csv.Replace("1.22", rate));
        }

        using var stream = await OpenAsync(server, "1");
        var missed = new[] { (await stream.NextAsync()).Id, (await stream.NextAsync()).Id };
        await ImportAsync(server, key, Csv.Replace("1.22", "1.25"));

        Assert.Equal(["2", "3"], missed);
        Assert.Equal("4", (await stream.NextAsync()).Id);
    }

    [Fact]
    public async Task Stream_IdOfAnotherDataFolder_GetsThePresentState()
    {
        await using var server = await StartAsync();
        using var stream = await OpenAsync(server, "999");

        Assert.Equal("0", (await stream.NextAsync()).Id);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("1 2")]
    [InlineData("99999999999999999999")]
    public async Task Stream_IdThatIsNone_Is400(string id)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync("/currency/stream", "Last-Event-ID: " + id);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("/problems/invalid-parameter", body);
    }

    [Fact]
    public async Task Stream_Silence_CarriesACommentEvery15Seconds()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        using var stream = await OpenAsync(server);
        await stream.NextAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (time.Due.Count == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(":", await stream.LineAsync());
    }

    [Fact]
    public async Task Stream_ServerStops_Ends()
    {
        await using var server = await StartAsync();
        using var stream = await OpenAsync(server);
        await stream.NextAsync();

        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Null(await stream.LineAsync());
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(time: new ManualTime(TestServer.Friday));

    private static async Task ImportAsync(TestServer server, string key, string csv)
    {
        var (response, body) = await server.SendAsync(
            "POST", "/currency/import", new StringContent(csv, Encoding.UTF8, "text/csv"), "X-API-Key: " + key);
        Assert.True(response.IsSuccessStatusCode, body);
    }

    private static async Task<Events> OpenAsync(TestServer server, string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/currency/stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new Events(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private sealed class Events(HttpResponseMessage response, Stream stream) : IDisposable
    {
        private readonly StreamReader _reader = new(stream);

        public string? ContentType => response.Content.Headers.ContentType?.ToString();

        /// <summary>The next event, its id and data.</summary>
        public async Task<(string Id, string Data)> NextAsync()
        {
            var fields = new Dictionary<string, string>();
            while (await LineAsync() is { } line)
            {
                if (line.Length > 0)
                {
                    var parts = line.Split(": ", 2);
                    fields[parts[0]] = parts[^1];
                }
                else if (fields.Remove("data", out var data))
                {
                    Assert.Equal("rates", fields["event"]);
                    return (fields["id"], data);
                }
            }

            throw new EndOfStreamException("The stream has ended.");
        }

        /// <summary>The next line that is not empty within an event, or null at the end.</summary>
        public async Task<string?> LineAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            return await _reader.ReadLineAsync(limit.Token);
        }

        public void Dispose()
        {
            _reader.Dispose();
            response.Dispose();
        }
    }
}
