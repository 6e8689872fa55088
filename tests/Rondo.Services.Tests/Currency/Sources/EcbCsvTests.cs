using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class EcbCsvTests
{
    [Theory]
    [InlineData("Date,USD,JPY,\n2026-11-20,1.1355,178.05,\n")]
    [InlineData("Date,USD,JPY\n2026-11-20,1.1355,178.05\n")]
    [InlineData("Date,USD,JPY,\r\n2026-11-20,1.1355,178.05,\r\n")]
    [InlineData("\uFEFFDate,USD,JPY\n2026-11-20,1.1355,178.05")]
    [InlineData("Date, USD, JPY, \n20 November 2026, 1.1355, 178.05, \n")]
    [InlineData("Date,USD,JPY,GBP\n\n2026-11-20,1.1355,178.05,N/A\n\n")]
    [InlineData("Date,USD,XAU,JPY,EUR\n2026-11-20,1.1355,0.0004,178.05,1")]
    [InlineData("Date,usd,jpy,GBP\n2026-11-20,1.1355,178.05,\n2026-11-19,N/A,N/A,N/A")]
    public void Parse_EitherLayout_BringsItsDay(string document)
    {
        var day = Assert.Single(Parse(document));

        Assert.Equal(TestRates.Date("2026-11-20"), day.Date);
        Assert.Equal("USD=1.1355 JPY=178.05", TestRates.Text(day));
    }

    [Fact]
    public void Parse_DailyFileOfAOneDigitDay_ReadsTheDate() =>
        Assert.Equal(TestRates.Date("2026-11-03"), Assert.Single(Parse("Date, USD, \n3 November 2026, 1.1, \n")).Date);

    [Fact]
    public void Parse_HistoryNewestFirst_BringsEveryDayInItsOrder() => Assert.Equal(
        ["2026-11-20", "2026-11-19", "1999-01-04"],
        Parse("Date,USD,CYP,\n2026-11-20,1.3,N/A,\n2026-11-19,1.2,N/A,\n1999-01-04,1.1789,0.58231,\n")
            .Select(d => d.Date.ToString("yyyy-MM-dd")));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("Date")]
    [InlineData("Date,USD\n")]
    [InlineData("date,USD\n2026-11-20,1.2")]
    [InlineData("Day,USD\n2026-11-20,1.2")]
    [InlineData("Date;USD\n2026-11-20;1.2")]
    [InlineData("2026-11-20,1.2")]
    [InlineData("Date,USD\n2026-11-20")]
    [InlineData("Date,USD\n2026-11-20,N/A")]
    [InlineData("Date,USD\n2026-11-20,1.2,1.3")]
    [InlineData("Date,USD\n2026-11-20,1,2")]
    [InlineData("Date,USD\n2026-11-20,\"1,2\"")]
    [InlineData("Date,USD\n2026-11-20,0")]
    [InlineData("Date,USD\n2026-11-20,-1.2")]
    [InlineData("Date,USD\n2026-11-20,1e3")]
    [InlineData("Date,USD\n2026-11-20,n/a")]
    [InlineData("Date,USD,USD\n2026-11-20,1.2,1.2")]
    [InlineData("Date,USD,Usd\n2026-11-20,1.2,1.3")]
    [InlineData("Date,USD\n20.11.2026,1.2")]
    [InlineData("Date,USD\n2026-13-01,1.2")]
    [InlineData("Date,USD\n20 Novembre 2026,1.2")]
    [InlineData("Date,USD\n,1.2")]
    [InlineData("Date,USD\n2026-11-20,1.2\n2026-11-19,x")]
    public void Parse_NotTheBanksCsv_IsRefused(string document) =>
        Assert.Throws<RateFormatException>(() => Parse(document));

    private static List<RateDay> Parse(string document) =>
        EcbCsv.Parse(new MemoryStream(TestDocuments.Utf8(document)), RateOrigin.Ecb);
}
