using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Rondo.Services.Currency;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class CurrencyAdminEndpointsTests
{
    private const string Csv = "Date,USD,GBP\n2026-11-20,1.22,0.884\n2026-11-19,1.21,0.883\n";

    [Fact]
    public async Task Refresh_NoSource_Is409()
    {
        await using var server = await StartAsync();

        var (response, body) = await server.SendAsync("POST", "/currency/refresh", null, Key(server));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("/problems/no-source", body);
    }

    [Fact]
    public async Task Refresh_WithASource_Is202AndItIsAsked()
    {
        await using var server = await TestServer.StartAsync(Csv, new ManualTime(TestServer.Friday));
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Services.GetRequiredService<RateBook>().Changed += () => arrived.TrySetResult();
        File.WriteAllText(Path.Combine(server.DataFolder, "rates.csv"), Csv.Replace("1.22", "1.23"));

        var (response, body) = await server.SendAsync("POST", "/currency/refresh", null, Key(server));
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/currency/status", response.Headers.Location!.ToString());
        Assert.Empty(body);
        Assert.Equal("USD 1.23", (await server.GetAsync("/convert/USD/1")).Body);
    }

    [Fact]
    public async Task Override_Set_IsListedAndConvertsOnItsDays()
    {
        await using var server = await StartAsync();
        var key = Key(server);
        await ImportAsync(server, key, Encoding.UTF8.GetBytes(Csv));

        var (response, body) = await server.SendAsync(
            "PUT", "/currency/overrides/gbp", Json("""{"rate":"0.9","from":"2026-11-20","to":"2026-11-30"}"""), key);
        var (today, _) = await server.GetAsync("/convert/GBP/100");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"currency":"GBP","rate":"0.9","from":"2026-11-20","to":"2026-11-30"}""", body);
        Assert.Equal($"[{body}]", (await server.GetAsync("/currency/overrides")).Body);
        Assert.Equal("GBP 90", (await server.GetAsync("/convert/GBP/100")).Body);
        Assert.Equal("override", today.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal("GBP 88.3", (await server.GetAsync("/convert/GBP/100?date=2026-11-19")).Body);
    }

    [Fact]
    public async Task Override_Removed_GivesThePublishedRateBack()
    {
        await using var server = await StartAsync();
        var key = Key(server);
        await ImportAsync(server, key, Encoding.UTF8.GetBytes(Csv));
        await server.SendAsync("PUT", "/currency/overrides/GBP", Json("""{"rate":0.9}"""), key);

        var (removed, _) = await server.SendAsync("DELETE", "/currency/overrides/GBP", null, key);
        var (again, problem) = await server.SendAsync("DELETE", "/currency/overrides/GBP", null, key);

        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Contains("/problems/not-found", problem);
        Assert.Equal("GBP 88.4", (await server.GetAsync("/convert/GBP/100")).Body);
    }

    [Fact]
    public async Task Override_ServerStartedAgain_IsStillThere()
    {
        using var folder = new TestFolder();
        string key;
        await using (var first = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday), folder: folder))
        {
            key = Key(first);
            await first.SendAsync("PUT", "/currency/overrides/USD", Json("""{"rate":"2"}"""), key);
            await ImportAsync(first, key, Encoding.UTF8.GetBytes(Csv));
        }

        await using var second = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday), folder: folder);

        Assert.Equal("USD 200", (await second.GetAsync("/convert/USD/100")).Body);
        Assert.Equal("GBP 88.4", (await second.GetAsync("/convert/GBP/100")).Body);
        var (removed, _) = await second.SendAsync("DELETE", "/currency/overrides/USD", null, key);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
    }

    [Theory]
    [InlineData("GBP", "", 400, "invalid-body")]
    [InlineData("GBP", "rate=1", 400, "invalid-body")]
    [InlineData("GBP", "{\"rate\":", 400, "invalid-body")]
    [InlineData("GBP", "[[[[[[1]]]]]]", 400, "invalid-body")]
    [InlineData("GBP", "[]", 422, "invalid-rates")]
    [InlineData("GBP", "null", 422, "invalid-rates")]
    [InlineData("GBP", "{}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":null}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":0}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":-1}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":\"0,9\"}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":1e3}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":{\"a\":1}}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":\"1.1234567890123\"}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":\"10000001\"}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":\"0.0009\"}", 422, "invalid-rates")]
    [InlineData("GBP", "{\"rate\":1,\"from\":\"2026-02-30\"}", 400, "invalid-date")]
    [InlineData("GBP", "{\"rate\":1,\"to\":7}", 400, "invalid-date")]
    [InlineData("GBP", "{\"rate\":1,\"from\":\"2026-11-20\",\"to\":\"2026-11-19\"}", 422, "range-reversed")]
    [InlineData("EUR", "{\"rate\":1}", 422, "invalid-rates")]
    [InlineData("XXX", "{\"rate\":1}", 404, "unknown-currency")]
    [InlineData("US", "{\"rate\":1}", 400, "invalid-currency")]
    [InlineData("GBP?rate=1", "{\"rate\":1}", 400, "unknown-parameter")]
    public async Task Override_Unusable_IsRefused(string code, string body, int status, string type)
    {
        await using var server = await StartAsync();

        var (response, answer) = await server.SendAsync("PUT", "/currency/overrides/" + code, Json(body), Key(server));

        Assert.Equal($"{status} {type}", $"{(int)response.StatusCode} {TypeOf(answer)}");
        Assert.Equal("[]", (await server.GetAsync("/currency/overrides")).Body);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("zip")]
    public async Task Import_HistoryOfTheBank_IsTakenOnce(string form)
    {
        await using var server = await StartAsync();
        var key = Key(server);
        var document = form == "zip" ? Zip(Csv) : Encoding.UTF8.GetBytes(Csv);

        var (first, summary) = await ImportAsync(server, key, document);
        var (_, again) = await ImportAsync(server, key, document);
        var (latest, _) = await server.GetAsync("/convert/USD/1");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("""{"days":2,"rates":4,"first_date":"2026-11-19","last_date":"2026-11-20","changed":2}""", summary);
        Assert.EndsWith("\"changed\":0}", again);
        Assert.Equal("ECB", latest.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal("USD 1.22", (await server.GetAsync("/convert/USD/1")).Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no rates at all")]
    [InlineData("<html><body>Service unavailable</body></html>")]
    [InlineData("PK\u0003\u0004 broken")]
    [InlineData("Date,USD\n2026-11-20,-1\n")]
    [InlineData("Date,USD\n2126-11-20,1\n")]
    public async Task Import_Unusable_Is422AndChangesNothing(string document)
    {
        await using var server = await StartAsync();
        var before = (await server.GetAsync("/currency/rates")).Body;

        var (response, body) = await ImportAsync(server, Key(server), Encoding.UTF8.GetBytes(document));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("invalid-rates", TypeOf(body));
        Assert.Equal(before, (await server.GetAsync("/currency/rates")).Body);
    }

    [Fact]
    public async Task Import_RatesComeFromAFile_Is409AndTheFileCounts()
    {
        await using var server = await TestServer.StartAsync(Csv, new ManualTime(TestServer.Friday));

        var (response, body) = await ImportAsync(server, Key(server), Encoding.UTF8.GetBytes(Csv.Replace("1.22", "9")));

        Assert.Equal((HttpStatusCode.Conflict, "rates-from-file"), (response.StatusCode, TypeOf(body)));
        Assert.Equal("USD 1.22", (await server.GetAsync("/convert/USD/1")).Body);
    }

    [Theory]
    [InlineData("/convert/USD/1000000000000000?from=GBP")]
    [InlineData("/convert/USD/1000000000000000?from=GBP&rounding=none")]
    [InlineData("/v1/latest?from=GBP&to=USD&amount=1000000000000000")]
    [InlineData("/v1/2026-11-19..2026-11-20?from=GBP&to=USD&amount=1000000000000000")]
    [InlineData("/currency/rates?base=GBP&symbols=USD")]
    [InlineData("/currency/rates?from=2026-11-19&base=GBP&symbols=USD&group=week")]
    public async Task Override_RatesFarApart_StillConvertTheLargestAmount(string path)
    {
        await using var server = await StartAsync();
        var key = Key(server);
        await ImportAsync(server, key, Encoding.UTF8.GetBytes(Csv));
        await server.SendAsync("PUT", "/currency/overrides/GBP", Json("""{"rate":"0.001","from":"2026-11-01"}"""), key);
        await server.SendAsync("PUT", "/currency/overrides/USD", Json("""{"rate":"10000000","from":"2026-11-01"}"""), key);

        var (response, body) = await server.GetAsync(path);

        Assert.True(response.IsSuccessStatusCode, body);
    }

    [Theory]
    [InlineData("/currency/rates?symbols=USD")]
    [InlineData("/v1/latest?symbols=USD")]
    [InlineData("/v2/rates?quotes=USD")]
    [InlineData("/v2/rate/EUR/USD")]
    public async Task Override_InLists_IsUsedFromTodayAndNamedAsTheSource(string path)
    {
        await using var server = await StartAsync();
        var key = Key(server);
        await ImportAsync(server, key, Encoding.UTF8.GetBytes(Csv));
        await server.SendAsync("PUT", "/currency/overrides/USD", Json("""{"rate":"2"}"""), key);

        var (response, body) = await server.GetAsync(path);

        Assert.Equal("override", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Matches("(\"USD\":|\"rate\":)\"?2[\",}]", body);
    }

    [Fact]
    public async Task Bodies_AboveTheLimits_Are413()
    {
        await using var server = await StartAsync();
        var key = Key(server).Replace("Authorization: ", "");

        var import = await RawHttp.SendAsync(
            server.Address, Announce("POST", "/currency/import", 64 * 1024 * 1024 + 1, key));
        var set = await RawHttp.SendAsync(
            server.Address, Announce("PUT", "/currency/overrides/GBP", 64 * 1024 + 1, key));

        Assert.Equal((413, "refused-request"), (import.Status, TypeOf(import.Body)));
        Assert.Equal((413, "refused-request"), (set.Status, TypeOf(set.Body)));
    }

    private static string Announce(string method, string path, int length, string authorization) =>
        $"{method} {path} HTTP/1.1\r\nHost: rondo\r\nAuthorization: {authorization}\r\n"
        + $"Content-Length: {length}\r\nConnection: close\r\n\r\n";

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(time: new ManualTime(TestServer.Friday));

    private static string Key(TestServer server) => "Authorization: Bearer " + server.CreateAdminKey();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static Task<(HttpResponseMessage Response, string Body)> ImportAsync(
        TestServer server, string key, byte[] document) =>
        server.SendAsync("POST", "/currency/import", new ByteArrayContent(document), key);

    private static string TypeOf(string problem)
    {
        using var json = JsonDocument.Parse(problem);
        return json.RootElement.GetProperty("type").GetString()!.Replace("/problems/", "");
    }

    private static byte[] Zip(string csv)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("eurofxref-hist.csv").Open())
        {
            entry.Write(Encoding.UTF8.GetBytes(csv));
        }

        return file.ToArray();
    }
}
