using System.Net;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class FrankfurterV1EndpointsTests
{
    private const string Rates = """
        Date,USD,JPY,GBP,BGN
        2026-11-20,1.22,186.75,0.884,N/A
        2026-11-19,1.21,186.5,0.883,N/A
        2026-11-13,1.19,185,0.881,N/A
        2025-12-31,1.17,184,0.87,1.9558

        """;

    [Theory]
    [InlineData("/v1", """{"version":"v1","status":"frozen","openapi":"/openapi.json","docs":"https://frankfurter.dev"}""")]
    [InlineData("/v1/latest", """{"amount":1.0,"base":"EUR","date":"2026-11-20","rates":{"GBP":0.884,"JPY":186.75,"USD":1.22}}""")]
    [InlineData("/v1/current?symbols=USD", """{"amount":1.0,"base":"EUR","date":"2026-11-20","rates":{"USD":1.22}}""")]
    [InlineData("/v1/latest?base=usd&symbols=jpy", """{"amount":1.0,"base":"USD","date":"2026-11-20","rates":{"JPY":153.07377}}""")]
    [InlineData("/v1/latest?from=USD&to=JPY", """{"amount":1.0,"base":"USD","date":"2026-11-20","rates":{"JPY":153.07377}}""")]
    [InlineData("/v1/latest?from=USD&base=GBP&to=JPY&symbols=EUR", """{"amount":1.0,"base":"USD","date":"2026-11-20","rates":{"JPY":153.07377}}""")]
    [InlineData("/v1/latest?amount=100&symbols=GBP,JPY", """{"amount":100.0,"base":"EUR","date":"2026-11-20","rates":{"GBP":88.4,"JPY":18675}}""")]
    [InlineData("/v1/latest?amount=12.5&base=USD&symbols=EUR", """{"amount":12.5,"base":"USD","date":"2026-11-20","rates":{"EUR":10.25}}""")]
    [InlineData("/v1/2026-11-20?symbols=USD", """{"amount":1.0,"base":"EUR","date":"2026-11-20","rates":{"USD":1.22}}""")]
    [InlineData("/v1/2026-11-15?symbols=USD", """{"amount":1.0,"base":"EUR","date":"2026-11-13","rates":{"USD":1.19}}""")]
    [InlineData("/v1/2026-11-30?symbols=USD", """{"amount":1.0,"base":"EUR","date":"2026-11-20","rates":{"USD":1.22}}""")]
    [InlineData("/v1/2025-12-31", """{"amount":1.0,"base":"EUR","date":"2025-12-31","rates":{"BGN":1.9558,"GBP":0.87,"JPY":184,"USD":1.17}}""")]
    [InlineData("/v1/2026-01-10", """{"amount":1.0,"base":"EUR","date":"2025-12-31","rates":{"GBP":0.87,"JPY":184,"USD":1.17}}""")]
    [InlineData("/v1/2026-11-13..2026-11-19?symbols=USD", """{"amount":1.0,"base":"EUR","start_date":"2026-11-13","end_date":"2026-11-19","rates":{"2026-11-13":{"USD":1.19},"2026-11-19":{"USD":1.21}}}""")]
    [InlineData("/v1/2026-11-19..?symbols=USD", """{"amount":1.0,"base":"EUR","start_date":"2026-11-19","end_date":"2026-11-20","rates":{"2026-11-19":{"USD":1.21},"2026-11-20":{"USD":1.22}}}""")]
    [InlineData("/v1/2026-11-16..2026-11-18?symbols=USD", """{"amount":1.0,"base":"EUR","start_date":"2026-11-13","end_date":"2026-11-13","rates":{"2026-11-13":{"USD":1.19}}}""")]
    [InlineData("/v1/2026-11-16..2026-11-19?symbols=USD&amount=200", """{"amount":200.0,"base":"EUR","start_date":"2026-11-13","end_date":"2026-11-19","rates":{"2026-11-13":{"USD":238},"2026-11-19":{"USD":242}}}""")]
    [InlineData("/v1/currencies", """{"EUR":"Euro","GBP":"British Pound","JPY":"Japanese Yen","USD":"United States Dollar"}""")]
    public async Task Routes_Answered_HaveFrankfurtersShape(string path, string expected)
    {
        await using var server = await StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path)).Body);
    }

    [Theory]
    [InlineData("/v1/latest?base=XXX", 404)]
    [InlineData("/v1/latest?symbols=XXX,YYY", 404)]
    [InlineData("/v1/2026-12-31", 404)]
    [InlineData("/v1/1999-01-01..1999-02-01", 404)]
    [InlineData("/v1/2026-13-01", 422)]
    [InlineData("/v1/latest?amount=0", 422)]
    [InlineData("/v1/latest?amount=x", 422)]
    [InlineData("/v1/latest?base=USD&symbols=USD", 422)]
    [InlineData("/v1/2026-11-20..2026-11-19", 422)]
    public async Task Mistakes_HaveStatusAndMessageForItsClients(string path, int status)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(path);
        using var problem = JsonDocument.Parse(body);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("message").GetString()!);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/v1/latest?unknown=1&symbols=USD")]
    [InlineData("/v1/latest?symbols=GBP&symbols=USD")]
    [InlineData("/v1/latest?symbols=XXX,USD")]
    [InlineData("/v1/latest?symbols=USD,USD,EUR")]
    public async Task Latest_WhatTheOriginalForgives_IsForgiven(string path)
    {
        await using var server = await StartAsync();

        Assert.EndsWith("""rates":{"USD":1.22}}""", (await server.GetAsync(path)).Body);
    }

    [Fact]
    public async Task Amounts_WhereTheOriginalLosesDigits_AreExact()
    {
        await using var server = await TestServer.StartAsync(
            "Date,USD,JPY\n2026-11-20,1.1034,120.72\n", new ManualTime(TestServer.Friday));

        Assert.EndsWith("""{"USD":13622.21}}""", (await server.GetAsync("/v1/latest?amount=12345.67&symbols=USD")).Body);
        Assert.EndsWith("""{"FRF":335.38}}""", (await server.GetAsync("/v1/latest?amount=100&from=DEM&to=FRF")).Body);
        Assert.EndsWith("""{"JPY":0,"USD":0}}""", (await server.GetAsync("/v1/latest?amount=0.001")).Body);
        Assert.EndsWith("""{"USD":9140.16}}""", (await server.GetAsync("/v1/latest?amount=1000000&from=JPY&to=USD")).Body);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));
}
