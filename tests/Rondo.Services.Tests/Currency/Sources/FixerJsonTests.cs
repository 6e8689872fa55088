using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class FixerJsonTests
{
    private static readonly DateOnly Today = TestRates.Date("2026-11-21");

    [Theory]
    [InlineData("""{"rates":{"USD":1.22}}""", "2026-11-21", "USD=1.22")]
    [InlineData("""{"base":"EUR","date":"2026-11-20","rates":{"USD":1.22,"GBP":0.884}}""", "2026-11-20", "USD=1.22 GBP=0.884")]
    [InlineData("""{"success":true,"timestamp":1795190400,"base":"EUR","date":"2026-11-20","rates":{"USD":1.22}}""", "2026-11-20", "USD=1.22")]
    [InlineData("""{"base":"eur","rates":{"usd":1.22}}""", "2026-11-21", "USD=1.22")]
    [InlineData("""{"base":null,"rates":{"EUR":1,"USD":1.22,"XAU":0.0004,"BTC":0.00001}}""", "2026-11-21", "USD=1.22")]
    [InlineData("""{"rates":{"USD":12.2e-1,"GBP":8.84E-1}}""", "2026-11-21", "USD=1.22 GBP=0.884")]
    public void Parse_FixersShape_BringsItsDay(string document, string date, string rates)
    {
        var day = Assert.Single(Parse(document));

        Assert.Equal((TestRates.Date(date), RateOrigin.Fixer), (day.Date, day.Origin));
        Assert.Equal(rates, TestRates.Text(day));
    }

    [Theory]
    [InlineData("""{"base":"USD","rates":{"EUR":0.8,"GBP":0.72,"JPY":146}}""", "GBP=0.9 JPY=182.5 USD=1.25")]
    [InlineData("""{"base":"USD","rates":{"EUR":0.8,"USD":1,"GBP":0.72}}""", "USD=1.25 GBP=0.9")]
    [InlineData("""{"base":"USD","rates":{"EUR":0.88}}""", "USD=1.13636363636")]
    public void Parse_AnotherBase_IsTurnedIntoUnitsPerEuro(string document, string expected) => Assert.Equal(
        expected,
        string.Join(' ', Assert.Single(Parse(document)).Rates.Select(r => $"{r.Currency}={r.Rate:0.############}")));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1.22")]
    [InlineData("{}")]
    [InlineData("""{"rates":null}""")]
    [InlineData("""{"rates":[1.22]}""")]
    [InlineData("""{"rates":{}}""")]
    [InlineData("""{"rates":{"XAU":0.0004}}""")]
    [InlineData("""{"rates":{"USD":1.22}""")]
    [InlineData("""{"rates":{"USD":1.22}} {}""")]
    [InlineData("""{"rates":{"USD":"1.22"}}""")]
    [InlineData("""{"rates":{"USD":null}}""")]
    [InlineData("""{"rates":{"USD":{}}}""")]
    [InlineData("""{"rates":{"USD":0}}""")]
    [InlineData("""{"rates":{"USD":-1.22}}""")]
    [InlineData("""{"rates":{"USD":1,22}}""")]
    [InlineData("""{"rates":{"USD":1e400}}""")]
    [InlineData("""{"rates":{"USD":1e999999999}}""")]
    [InlineData("""{"rates":{"USD":1e-999999999}}""")]
    [InlineData("""{"rates":{"USD":1e13}}""")]
    [InlineData("""{"rates":{"USD":NaN}}""")]
    [InlineData("""{"rates":{"USD":1.22,"USD":1.22}}""")]
    [InlineData("""{"rates":{"USD":1.22,"usd":1.23}}""")]
    [InlineData("""{"date":"20 November 2026","rates":{"USD":1.22}}""")]
    [InlineData("""{"date":"2026-02-30","rates":{"USD":1.22}}""")]
    [InlineData("""{"date":20261120,"rates":{"USD":1.22}}""")]
    [InlineData("""{"date":null,"rates":{"USD":1.22}}""")]
    [InlineData("""{"base":"USD","rates":{"GBP":0.72}}""")]
    [InlineData("""{"base":"USD","rates":{"EUR":0,"GBP":0.72}}""")]
    [InlineData("""{"base":"USD","rates":{"EUR":-1,"GBP":0.72}}""")]
    [InlineData("""{"base":"USD","rates":{"EUR":1e-28,"GBP":1e11}}""")]
    [InlineData("""{"base":"USD","rates":{"EUR":1e-29,"GBP":1}}""")]
    [InlineData("""{"base":7,"rates":{"USD":1.22}}""")]
    [InlineData("""{"base":"\ud800","rates":{"EUR":1,"USD":1.22}}""")]
    [InlineData("""{"date":"\ud800","rates":{"USD":1.22}}""")]
    [InlineData("""{"rates":{"\ud800":1.22}}""")]
    [InlineData("""{"\ud800":1,"rates":{"US\udc00":1.22}}""")]
    [InlineData("<html></html>")]
    public void Parse_AnythingElse_IsRefused(string document) =>
        Assert.Throws<RateFormatException>(() => Parse(document));

    [Fact]
    public void Parse_FailureOfTheServer_IsToldInItsWords()
    {
        var error = Assert.Throws<RateFormatException>(
            () => Parse("""{"success":false,"error":{"code":101,"type":"missing_access_key"}}"""));

        Assert.Contains("101", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 200);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"rates\":")]
    public void Parse_DeepNesting_IsRefused(string opening) => Assert.Throws<RateFormatException>(
        () => Parse(string.Concat(Enumerable.Repeat(opening, 100_000))));

    private static List<RateDay> Parse(string document) =>
        FixerJson.Parse(TestDocuments.Utf8(document), RateOrigin.Fixer, Today);
}
