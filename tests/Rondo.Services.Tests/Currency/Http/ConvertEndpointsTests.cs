using System.Net;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class ConvertEndpointsTests
{
    private const string Rates =
        "Date,USD,JPY,KWD,GBP\n2026-11-20,1.22,186.75,0.375,0.884\n2026-11-06,1.1,150,0.4,0.9\n";

    [Theory]
    [InlineData("/convert/JPY/1", "JPY 187")]
    [InlineData("/convert/KWD/1", "KWD 0.375")]
    [InlineData("/convert/USD/100?from=GBP", "USD 138.01")]
    [InlineData("/convert/EUR/100?from=usd", "EUR 81.97")]
    [InlineData("/convert/EUR/1", "EUR 1")]
    [InlineData("/convert/USD/100?date=2026-11-19", "USD 110")]
    [InlineData("/convert/USD/0.0041", "USD 0.01")]
    [InlineData("/convert/USD/0.125?rounding=half-even", "USD 0.15")]
    [InlineData("/CONVERT/gbp/100", "GBP 88.4")]
    public async Task Convert_Amounts_AreRoundedOnceToTheMinorUnit(string path, string expected)
    {
        await using var server = await StartAsync();

        Assert.Equal(expected, (await server.GetAsync(path)).Body);
    }

    [Theory]
    [InlineData("*/*", "text/plain; charset=utf-8")]
    [InlineData("text/html, */*;q=0.1", "text/plain; charset=utf-8")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/plain;q=0.5, application/json", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("this is no media type", "text/plain; charset=utf-8")]
    public async Task ConvertPath_Accept_ChoosesTheFormat(string accept, string expected)
    {
        await using var server = await StartAsync();

        var (response, _) = await server.GetAsync("/convert/GBP/100", "Accept: " + accept);

        Assert.Equal(expected, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("Accept", response.Headers.Vary.Single());
    }

    [Theory]
    [InlineData("/convert/GBP/100", "image/png")]
    [InlineData("/convert/GBP/100", "text/plain;q=0, application/json;q=0")]
    [InlineData("/currency/convert?to=GBP", "text/plain")]
    public async Task Convert_NothingAcceptable_Is406(string path, string accept)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync(path, "Accept: " + accept);

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Contains("/problems/not-acceptable", body);
    }

    [Fact]
    public async Task ConvertQuery_Numbers_AreStringsUnlessAskedFor()
    {
        await using var server = await StartAsync();

        using var strings = JsonDocument.Parse((await server.GetAsync("/currency/convert?to=GBP&amount=100")).Body);
        using var numbers = JsonDocument.Parse(
            (await server.GetAsync("/currency/convert?to=GBP&amount=100&numbers=json")).Body);

        Assert.Equal("88.40", strings.RootElement.GetProperty("result").GetString());
        Assert.Equal("0.884", strings.RootElement.GetProperty("rate").GetString());
        Assert.Equal("88.40", numbers.RootElement.GetProperty("result").GetRawText());
        Assert.Equal("100", numbers.RootElement.GetProperty("amount").GetRawText());
    }

    [Fact]
    public async Task Convert_Head_HasTheHeadersOfGetAndNoBody()
    {
        await using var server = await StartAsync();

        var (get, _) = await server.GetAsync("/convert/GBP/100");
        var (head, body) = await server.SendAsync("HEAD", "/convert/GBP/100");

        Assert.Empty(body);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
    }

    [Theory]
    [InlineData("POST", "/convert/GBP/100", "GET, HEAD")]
    [InlineData("DELETE", "/currency/rates", "GET, HEAD")]
    [InlineData("PUT", "/currency/stream", "GET")]
    [InlineData("GET", "/currency/import", "POST")]
    [InlineData("PATCH", "/currency/overrides/GBP", "DELETE, PUT")]
    public async Task Routes_WrongMethod_Is405WithAllow(string method, string path, string allow)
    {
        await using var server = await StartAsync();

        var (response, body) = await server.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow.Order()));
        Assert.Contains("/problems/method-not-allowed", body);
    }

    [Fact]
    public async Task Reads_FromOtherOrigins_AreAllowedWithTheirLabels()
    {
        await using var server = await StartAsync();

        var (read, _) = await server.GetAsync("/convert/GBP/100", "Origin: https://elsewhere.example");
        var (preflight, _) = await server.SendAsync(
            "OPTIONS", "/currency/rates", null,
            "Origin: https://elsewhere.example",
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: x-request-id");

        Assert.Equal("*", read.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("*", read.Headers.GetValues("Access-Control-Expose-Headers").Single());
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    [Fact]
    public async Task Writes_FromOtherOrigins_AreNotAllowed()
    {
        await using var server = await StartAsync();

        var (preflight, _) = await server.SendAsync(
            "OPTIONS", "/currency/overrides/GBP", null,
            "Origin: https://elsewhere.example",
            "Access-Control-Request-Method: PUT");

        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Convert_ReplacedCurrencies_GoThroughTheirFixedRates()
    {
        await using var server = await StartAsync();

        var (response, body) = await server.GetAsync("/convert/FRF/100?from=DEM");

        Assert.Equal("FRF 335.38", body);
        Assert.Equal("EU", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.False(response.Headers.Contains("Age"));
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(Rates, new ManualTime(TestServer.Friday));
}
