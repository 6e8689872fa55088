using System.Net;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class CurrencyEndpointsTests
{
    private const string Rates = """
        Date,USD,JPY,GBP,BGN
        2026-11-20,1.22,186.75,0.884,N/A
        2026-11-19,1.21,186.5,N/A,N/A
        2026-11-13,1.19,185,0.881,N/A
        2025-12-31,1.17,184,0.87,1.9558

        """;

    [Theory]
    [InlineData("/currency/rates", """{"base":"EUR","date":"2026-11-20","source":"file","stale":false,"rates":{"GBP":"0.884","JPY":"186.75","USD":"1.22"}}""")]
    [InlineData("/currency/rates?base=GBP&symbols=EUR,usd", """{"base":"GBP","date":"2026-11-20","source":"file","stale":false,"rates":{"EUR":"1.1312217","USD":"1.3800905"}}""")]
    [InlineData("/currency/rates?date=2026-11-19", """{"base":"EUR","date":"2026-11-19","requested_date":"2026-11-19","source":"file","stale":false,"rates":{"JPY":"186.5","USD":"1.21"}}""")]
    [InlineData("/currency/rates?symbols=DEM,USD", """{"base":"EUR","date":"2026-11-20","source":"file, EU","stale":false,"rates":{"DEM":"1.95583","USD":"1.22"}}""")]
    [InlineData("/currency/rates?from=2026-11-16&to=2026-11-19&symbols=GBP", """{"base":"EUR","start_date":"2026-11-13","end_date":"2026-11-13","source":"file","stale":false,"rates":{"2026-11-13":{"GBP":"0.881"}}}""")]
    [InlineData("/currency/rates?from=2026-11-13&symbols=USD&group=month", """{"base":"EUR","start_date":"2026-11-01","end_date":"2026-11-01","source":"file","stale":false,"rates":{"2026-11-01":{"USD":"1.2066667"}}}""")]
    [InlineData("/currency/rates?from=2026-11-13&symbols=USD&group=week&numbers=json", """{"base":"EUR","start_date":"2026-11-09","end_date":"2026-11-16","source":"file","stale":false,"rates":{"2026-11-09":{"USD":1.19},"2026-11-16":{"USD":1.215}}}""")]
    [InlineData("/currency/rates?from=2025-12-31&to=2026-01-01&fill=previous&symbols=BGN", """{"base":"EUR","start_date":"2025-12-31","end_date":"2026-01-01","source":"file, EU","stale":false,"rates":{"2025-12-31":{"BGN":"1.9558"},"2026-01-01":{"BGN":"1.95583"}}}""")]
    [InlineData("/currency/rates?from=2025-12-31&to=2026-01-01&fill=previous", """{"base":"EUR","start_date":"2025-12-31","end_date":"2026-01-01","source":"file","stale":false,"rates":{"2025-12-31":{"BGN":"1.9558","GBP":"0.87","JPY":"184","USD":"1.17"},"2026-01-01":{"GBP":"0.87","JPY":"184","USD":"1.17"}}}""")]
    public async Task Rates_Json_HasTheDocumentedShape(string path, string expected)
    {
        await using var server = await StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path)).Body);
    }

    [Theory]
    [InlineData("/currency/rates?symbols=USD", "text/csv", "text/csv; charset=utf-8", "date,base,quote,rate\n2026-11-20,EUR,USD,1.22\n")]
    [InlineData("/currency/rates?symbols=USD&format=CSV", "application/json", "text/csv; charset=utf-8", "date,base,quote,rate\n2026-11-20,EUR,USD,1.22\n")]
    [InlineData("/currency/rates?symbols=USD", "application/x-ndjson", "application/x-ndjson", "{\"date\":\"2026-11-20\",\"base\":\"EUR\",\"quote\":\"USD\",\"rate\":\"1.22\"}\n")]
    [InlineData("/currency/rates?symbols=USD&format=ndjson&numbers=json", "*/*", "application/x-ndjson", "{\"date\":\"2026-11-20\",\"base\":\"EUR\",\"quote\":\"USD\",\"rate\":1.22}\n")]
    [InlineData("/currency/rates?symbols=USD,GBP&from=2026-11-19&format=csv", "*/*", "text/csv; charset=utf-8", "date,base,quote,rate\n2026-11-19,EUR,USD,1.21\n2026-11-20,EUR,GBP,0.884\n2026-11-20,EUR,USD,1.22\n")]
    public async Task Rates_OtherFormats_AreRows(string path, string accept, string type, string expected)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(path, "Accept: " + accept);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, body);
    }

    [Theory]
    [InlineData("/currency/rates")]
    [InlineData("/currency/currencies")]
    public async Task Lists_NothingAcceptable_Is406(string path)
    {
        await using var server = await StartAsync();

        var (refused, _) = await server.GetAsync(path, "Accept: application/xml");
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
    }

    [Fact]
    public async Task Rates_QuarterOfACentury_AnswersEveryDayOnce()
    {
        var days = Enumerable.Range(0, 9000)
            .Select(i => new DateOnly(1999, 1, 4).AddDays(i))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .ToList();
        await using var server = await TestServer.StartAsync(
            "Date,USD\n" + string.Concat(days.Select(d => $"{d:yyyy-MM-dd},1.{d.DayNumber % 1000:000}1\n")),
            new ManualTime(TestServer.Friday));

        var (_, csv) = await server.GetAsync("/currency/rates?from=1990-01-01&format=csv");
        var rows = csv.TrimEnd('\n').Split('\n')[1..];

        Assert.Equal(days.Select(d => $"{d:yyyy-MM-dd},EUR,USD,1.{d.DayNumber % 1000:000}1"), rows);
    }

    [Fact]
    public async Task Rates_NoneThere_SaysWhatThereIsAndHowToGetMore()
    {
        await using var server = await StartAsync();

        using var problem = JsonDocument.Parse((await server.GetAsync("/currency/rates?date=1998-12-31")).Body);

        Assert.Contains("rondo currency import FILE", problem.RootElement.GetProperty("detail").GetString());
        Assert.Contains("2025-12-31", problem.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Currencies_Json_TellsSpanAndSuccessor()
    {
        await using var server = await StartAsync();

        using var all = JsonDocument.Parse((await server.GetAsync("/currency/currencies")).Body);
        var byCode = all.RootElement.EnumerateArray()
            .ToDictionary(c => c.GetProperty("code").GetString()!, c => c.GetRawText());

        Assert.Equal("""{"code":"BGN","name":"Bulgarian Lev","numeric":"975","minor_units":2,"first_date":"2025-12-31","last_date":"2025-12-31","replaced_by":"EUR"}""", byCode["BGN"]);
        Assert.Equal("""{"code":"JPY","name":"Japanese Yen","numeric":"392","minor_units":0,"first_date":"2025-12-31","last_date":"2026-11-20","replaced_by":null}""", byCode["JPY"]);
        Assert.DoesNotContain("KWD", byCode.Keys);
    }

    [Fact]
    public async Task Currencies_WithDate_AreThoseThatConvertOnIt()
    {
        await using var server = await StartAsync();

        var (_, csv) = await server.GetAsync("/currency/currencies?date=2026-11-19&format=csv");
        var codes = csv.Split('\n').Select(l => l.Split(',')[0]).ToList();

        Assert.Equal("code", codes[0]);
        Assert.Contains("USD", codes);
        Assert.Contains("DEM", codes);
        Assert.DoesNotContain("GBP", codes);
    }

    [Fact]
    public async Task Currencies_Ndjson_IsALineEach()
    {
        await using var server = await StartAsync();

        var (_, ndjson) = await server.GetAsync("/currency/currencies", "Accept: application/x-ndjson");
        var lines = ndjson.TrimEnd('\n').Split('\n');

        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Contains(lines, line => line.Contains("\"USD\""));
    }

    [Fact]
    public async Task Status_BundledRatesOffline_SaysSo()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));

        using var status = JsonDocument.Parse((await server.GetAsync("/currency/status")).Body);
        var (response, _) = await server.GetAsync("/convert/USD/1");

        Assert.Equal("currency-api", status.RootElement.GetProperty("source").GetString());
        Assert.True(status.RootElement.GetProperty("stale").GetBoolean());
        Assert.Equal(JsonValueKind.Null, status.RootElement.GetProperty("next_update").ValueKind);
        Assert.Equal(90, status.RootElement.GetProperty("days").GetInt32());
        Assert.Equal("currency-api", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal("stale", response.Headers.GetValues("X-Rondo-Quality").Single());
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));
}
