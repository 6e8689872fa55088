using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class EcbRateSourceTests : HttpRateSourceContract
{
    // It is 18:00 on Friday the 20th: that day's rates are out.
    [Theory]
    [InlineData(null, "/stats/eurofxref-hist.zip")]
    [InlineData("1999-01-04", "/stats/eurofxref-hist.zip")]
    [InlineData("2026-08-31", "/stats/eurofxref-hist.zip")]
    [InlineData("2026-09-01", "/stats/eurofxref-hist-90d.xml")]
    [InlineData("2026-11-18", "/stats/eurofxref-hist-90d.xml")]
    [InlineData("2026-11-19", "/stats/eurofxref-daily.xml")]
    [InlineData("2026-11-20", "/stats/eurofxref-daily.xml")]
    public async Task Fetch_DaysMissing_AsksForTheSmallestFileThatHasThem(string? held, string path)
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));

        await FetchAsync(held is null ? null : TestRates.Date(held));

        Assert.Equal(path, (await Upstream.RequestAsync()).Path);
    }

    [Fact]
    public async Task Fetch_FridayHeldOnMonday_AsksForTheDailyFile()
    {
        Upstream.Serve(Document("2026-11-23", "1.22"));
        Time.AdvanceTo(new DateTimeOffset(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));

        await FetchAsync(TestRates.Date("2026-11-20"));

        Assert.Equal("/stats/eurofxref-daily.xml", (await Upstream.RequestAsync()).Path);
    }

    [Fact]
    public async Task Fetch_AnotherFile_IsNotAskedForConditionally()
    {
        Upstream.Serve(Document("2026-11-20", "1.22"));
        await FetchAsync();
        await FetchAsync(TestRates.Date("2026-11-19"));

        await Upstream.RequestAsync();
        Assert.Empty((await Upstream.RequestAsync()).Headers.IfNoneMatch);
    }

    [Fact]
    public async Task Fetch_History_IsUnpacked()
    {
        Upstream.Serve(Zip(
            "eurofxref-hist.csv", Utf8("Date,USD,CYP,\n2026-11-20,1.22,N/A,\n1999-01-04,1.1789,0.58231,\n")));

        Assert.Equal(["USD=1.22", "USD=1.1789 CYP=0.58231"], (await FetchAsync()).Select(TestRates.Text));
    }

    [Fact]
    public async Task Fetch_DayWithoutTheDollar_IsRefusedAsIncomplete()
    {
        Upstream.Serve(Utf8(EcbXml("2026-11-20 USD=1.22 GBP=0.88", "2026-11-19 GBP=0.88")));

        Assert.Contains("2026-11-19", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_TruncatedZip_IsRefused()
    {
        Upstream.Serve(Zip("eurofxref-hist.csv", Utf8("Date,USD,\n2026-11-20,1.22,\n"))[..40]);

        await RefusedAsync();
    }

    private protected override IRateSource Create(OutboundHttp http, Func<CurrencyOptions> options) =>
        new EcbRateSource(http, options, Time);

    private protected override void Configure(CurrencyOptions options, Uri upstream) =>
        options.EcbAddress = new Uri(WithPassword(upstream), "/stats/").ToString();

    private protected override byte[] Document(string date, string rate) => Utf8(EcbXml($"{date} USD={rate}"));
}
