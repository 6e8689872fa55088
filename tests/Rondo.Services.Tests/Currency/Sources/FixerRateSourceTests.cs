using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class FixerRateSourceTests : HttpRateSourceContract
{
    [Fact]
    public async Task Fetch_Always_SendsTheQueryOfTheOperator()
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();

        var request = await Upstream.RequestAsync();
        Assert.Equal(("/latest", "?access_key=" + Secret), (request.Path, request.Query));
    }

    [Fact]
    public async Task Fetch_NothingButRates_CountAsTodays()
    {
        Upstream.Serve(Utf8("""{"rates":{"USD":1.22}}"""));

        var day = Assert.Single(await FetchAsync());
        Assert.Equal((TestRates.Date("2026-11-20"), "USD=1.22"), (day.Date, TestRates.Text(day)));
    }

    [Fact]
    public async Task Location_AddressTakenAwayDuringACall_CanStillBeTold()
    {
        Upstream.Answer(context =>
        {
            Options.FixerAddress = null;
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => FetchAsync());
        Assert.Equal("no address", Source.Location);
    }

    private protected override IRateSource Create(OutboundHttp http, Func<CurrencyOptions> options) =>
        new FixerRateSource(http, options, Time);

    private protected override void Configure(CurrencyOptions options, Uri upstream) =>
        options.FixerAddress = new Uri(WithPassword(upstream), "/latest?access_key=" + Secret).ToString();

    private protected override byte[] Document(string date, string rate) =>
        Utf8($$$"""{"base":"EUR","date":"{{{date}}}","rates":{"USD":{{{rate}}}}}""");
}
