using System.Net;
using System.Text;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class FrankfurterV2EndpointsTests
{
    private const string Rates = """
        Date,USD,GBP,BGN
        2026-11-20,1.22,0.884,N/A
        2026-11-19,1.21,0.883,N/A
        2026-11-13,1.19,0.881,N/A
        2025-12-31,1.17,0.87,1.9558

        """;

    [Theory]
    [InlineData("/v2", """{"version":"v2","status":"current","openapi":"/openapi.json","docs":"https://frankfurter.dev"}""")]
    [InlineData("/v2/rates", """[{"date":"2026-11-20","base":"EUR","quote":"EUR","rate":1},{"date":"2026-11-20","base":"EUR","quote":"GBP","rate":0.884},{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22}]""")]
    [InlineData("/v2/rates?base=usd&quotes=usd,gbp", """[{"date":"2026-11-20","base":"USD","quote":"GBP","rate":0.72459016},{"date":"2026-11-20","base":"USD","quote":"USD","rate":1}]""")]
    [InlineData("/v2/rates?date=2026-11-15&quotes=USD", """[{"date":"2026-11-13","base":"EUR","quote":"USD","rate":1.19}]""")]
    [InlineData("/v2/rates?from=2026-11-15&to=2026-11-19&quotes=USD", """[{"date":"2026-11-13","base":"EUR","quote":"USD","rate":1.19},{"date":"2026-11-19","base":"EUR","quote":"USD","rate":1.21}]""")]
    [InlineData("/v2/rates?from=2026-11-19&quotes=USD", """[{"date":"2026-11-19","base":"EUR","quote":"USD","rate":1.21},{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22}]""")]
    [InlineData("/v2/rates?from=2026-11-13&quotes=USD&group=week", """[{"date":"2026-11-09","base":"EUR","quote":"USD","rate":1.19},{"date":"2026-11-16","base":"EUR","quote":"USD","rate":1.215}]""")]
    [InlineData("/v2/rates?from=2026-11-19&quotes=USD&group=month", """[{"date":"2026-11-01","base":"EUR","quote":"USD","rate":1.215}]""")]
    [InlineData("/v2/rates?quotes=USD&expand=providers", """[{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22,"providers":[{"key":"FILE","date":"2026-11-20","rate":1.22}]}]""")]
    [InlineData("/v2/rates?quotes=USD&providers=ecb,file", """[{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22}]""")]
    [InlineData("/v2/rates?providers=ECB", "[]")]
    [InlineData("/v2/rates?date=1998-01-01", "[]")]
    [InlineData("/v2/rate/EUR/GBP", """{"date":"2026-11-20","base":"EUR","quote":"GBP","rate":0.884}""")]
    [InlineData("/v2/rate/EUR/GBP?expand=providers", """{"date":"2026-11-20","base":"EUR","quote":"GBP","rate":0.884,"providers":[{"key":"FILE","date":"2026-11-20","rate":0.884}]}""")]
    [InlineData("/v2/rate/gbp/gbp", """{"date":"2026-11-20","base":"GBP","quote":"GBP","rate":1}""")]
    [InlineData("/v2/currencies", """[{"iso_code":"EUR","iso_numeric":"978","name":"Euro","symbol":"€","start_date":"2025-12-31","end_date":"2026-11-20"},{"iso_code":"GBP","iso_numeric":"826","name":"British Pound","symbol":"£","start_date":"2025-12-31","end_date":"2026-11-20"},{"iso_code":"USD","iso_numeric":"840","name":"United States Dollar","symbol":"$","start_date":"2025-12-31","end_date":"2026-11-20"}]""")]
    [InlineData("/v2/currencies?providers=ECB", "[]")]
    [InlineData("/v2/currency/bgn", """{"iso_code":"BGN","iso_numeric":"975","name":"Bulgarian Lev","symbol":"лв","start_date":"2025-12-31","end_date":"2025-12-31","providers":["FILE"]}""")]
    [InlineData("/v2/providers", """[{"key":"FILE","name":"file","pivot_currency":"EUR","start_date":"2025-12-31","end_date":"2026-11-20","currencies":["BGN","GBP","USD"]}]""")]
    public async Task Routes_Answered_HaveFrankfurtersShape(string path, string expected)
    {
        await using var server = await StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path)).Body);
    }

    [Theory]
    [InlineData("/v2/rates.csv?quotes=USD", "*/*", "text/csv; charset=utf-8", "date,base,quote,rate\n2026-11-20,EUR,USD,1.22\n")]
    [InlineData("/v2/rates.csv?quotes=USD&expand=providers", "*/*", "text/csv; charset=utf-8", "date,base,quote,rate,providers\n2026-11-20,EUR,USD,1.22,FILE:1.22\n")]
    [InlineData("/v2/rates?quotes=USD", "text/csv", "text/csv; charset=utf-8", "date,base,quote,rate\n2026-11-20,EUR,USD,1.22\n")]
    [InlineData("/v2/rates?quotes=USD", "application/x-ndjson", "application/x-ndjson", "{\"date\":\"2026-11-20\",\"base\":\"EUR\",\"quote\":\"USD\",\"rate\":1.22}\n")]
    public async Task Rates_OtherFormats_AreRows(string path, string accept, string type, string expected)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(path, "Accept: " + accept);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(expected, body);
    }

    [Theory]
    [InlineData("/v2/rates?base=XXX", 422)]
    [InlineData("/v2/rates?callback=x", 422)]
    [InlineData("/v2/rates?date=2026-11-20&to=2026-11-20", 422)]
    [InlineData("/v2/rate/EUR/XXX", 422)]
    [InlineData("/v2/rate/EUR/GBP?expand=x", 422)]
    [InlineData("/v2/rate/EUR/GBP?date=1998-01-01", 404)]
    [InlineData("/v2/currency/XXX", 404)]
    [InlineData("/v2/nothing", 404)]
    public async Task Mistakes_HaveStatusAndMessageForItsClients(string path, int status)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(path);
        using var problem = JsonDocument.Parse(body);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Rates_NothingAcceptable_Is406()
    {
        await using var server = await StartAsync();

        var (refused, _) = await server.GetAsync("/v2/rates", "Accept: image/png");
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
    }

    [Fact]
    public async Task Currencies_NoLongerPublished_AreListedOnlyWithScopeAll()
    {
        await using var server = await StartAsync();

        Assert.DoesNotContain("BGN", (await server.GetAsync("/v2/currencies")).Body);
        Assert.Contains("BGN", (await server.GetAsync("/v2/currencies?scope=all&providers=FILE")).Body);
    }

    [Fact]
    public async Task Providers_ImportedDaysAboveTheBundledOnes_AreBothThere()
    {
        await using var server = await TestServer.StartAsync(time: new ManualTime(TestServer.Friday));
        using var csv = new StringContent("Date,USD\n2026-11-20,1.22\n", Encoding.UTF8, "text/csv");
        await server.SendAsync("POST", "/currency/import", csv, "Authorization: Bearer " + server.CreateAdminKey());

        using var providers = JsonDocument.Parse((await server.GetAsync("/v2/providers")).Body);
        var rows = (await server.GetAsync("/v2/rates?from=2026-09-29&quotes=USD&providers=ECB")).Body;

        Assert.Equal(
            ["CURRENCY-API", "ECB"],
            providers.RootElement.EnumerateArray().Select(p => p.GetProperty("key").GetString()));
        Assert.Equal("""[{"date":"2026-11-20","base":"EUR","quote":"USD","rate":1.22}]""", rows);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));
}
