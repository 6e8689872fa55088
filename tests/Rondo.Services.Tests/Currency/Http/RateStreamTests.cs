using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Services.Currency;
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
        Assert.Matches("^[0-9a-f]{16}-1$", id);
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

        Assert.Equal((1, 2), (Number(before), Number(id)));
        Assert.Equal("ECB", json.RootElement.GetProperty("source").GetString());
        Assert.Equal("2026-11-20", json.RootElement.GetProperty("changed").GetProperty("last_date").GetString());
        Assert.Equal("1.22", json.RootElement.GetProperty("rates").GetProperty("USD").GetString());
    }

    [Fact]
    public async Task Stream_RateSetByHand_IsAnEvent()
    {
        await using var server = await StartAsync();
        var key = "X-API-Key: " + server.CreateAdminKey();
        using var stream = await OpenAsync(server);
        await stream.NextAsync();

        await server.SendAsync(
            "PUT", "/currency/overrides/USD",
            new StringContent("""{"rate":"1.5","from":"2026-01-01"}""", Encoding.UTF8, "application/json"), key);
        var (_, set) = await stream.NextAsync();
        await server.SendAsync("DELETE", "/currency/overrides/USD", null, key);
        var (_, removed) = await stream.NextAsync();

        Assert.Contains("\"USD\":\"1.5\"", set);
        Assert.EndsWith(
            ",\"changed\":{\"source\":\"override\",\"currency\":\"USD\",\"rate\":\"1.5\",\"first_date\":\"2026-01-01\",\"last_date\":null}}",
            set);
        Assert.DoesNotContain("\"USD\":\"1.5\"", removed);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_LastEventId_GetsWhatItMissedAndThenWhatComes(bool withEpoch)
    {
        using var folder = new TestFolder();
        string first;
        await using (var server = await StartAsync(folder))
        {
            using var before = await OpenAsync(server);
            (first, _) = await before.NextAsync();
            var key = server.CreateAdminKey();
            foreach (var rate in new[] { "1.22", "1.23" })
            {
                await ImportAsync(server, key, Csv.Replace("1.22", rate));
                await before.NextAsync();
            }
        }

        await using var again = await StartAsync(folder);
        using var stream = await OpenAsync(again, withEpoch ? first : "1");
        var (second, data) = await stream.NextAsync();
        var (third, _) = await stream.NextAsync();
        again.Services.GetRequiredService<RateBook>().Add([TestRates.Day("2026-11-20", "USD=1.25")]);

        var (fourth, _) = await stream.NextAsync();

        Assert.Equal([2, 3, 4], new[] { second, third, fourth }.Select(Number));
        Assert.Equal(first[..17], second[..17]);
        Assert.Contains("\"USD\":\"1.22\"", data);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("0123456789abcdef-1")]
    public async Task Stream_IdOfAnotherDataFolder_IsToldAndGetsThePresentState(string id)
    {
        await using var server = await StartAsync();
        using var stream = await OpenAsync(server, id);

        var (_, _, reset) = await stream.AnyAsync();

        Assert.Equal("reset", reset);
        Assert.Equal(1, Number((await stream.NextAsync()).Id));
    }

    [Fact]
    public async Task Stream_ImportWhileNoServerRuns_IsToldAtTheNextStart()
    {
        TestDatabase.SkipWithoutFiles("The rates of a database are changed by its server alone.");
        using var folder = new TestFolder();
        await using (await StartAsync(folder))
        {
        }

        RateImport.Run(folder.Write("new.csv", Csv), folder.Path, new ManualTime(TestServer.Friday));
        await using var server = await StartAsync(folder);
        using var stream = await OpenAsync(server, "1");

        Assert.Contains("\"changed\":{\"source\":\"ECB\"", (await stream.NextAsync()).Data);
    }

    [Fact]
    public async Task Stream_OtherRatesAtTheNextStart_AreToldOnce()
    {
        using var folder = new TestFolder();
        for (var start = 0; start < 3; start++)
        {
            await using var server = await StartAsync(folder, start == 0 ? null : Csv);
            using var stream = await OpenAsync(server);
            var (id, data) = await stream.NextAsync();

            Assert.Equal(start == 0 ? 1 : 2, Number(id));
            Assert.Contains(start == 0 ? "currency-api" : "\"source\":\"file\"", data);
        }
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

    private static Task<TestServer> StartAsync(TestFolder? folder = null, string? csv = null) =>
        TestServer.StartAsync(csv, new ManualTime(TestServer.Friday), folder: folder);

    private static long Number(string id) => long.Parse(id.Split('-')[1], CultureInfo.InvariantCulture);

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

        /// <summary>The next event of rates, its id and data.</summary>
        public async Task<(string Id, string Data)> NextAsync()
        {
            var (id, data, type) = await AnyAsync();
            Assert.Equal("rates", type);
            return (id, data);
        }

        public async Task<(string Id, string Data, string Type)> AnyAsync()
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
                    return (fields["id"], data, fields["event"]);
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
