using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

public sealed class EcbXmlTests
{
    [Fact]
    public void Parse_DailyFile_BringsItsDay()
    {
        var day = Assert.Single(Parse(EcbXml("2026-11-20 USD=1.1355 JPY=178.05 GBP=0.884")));

        Assert.Equal((TestRates.Date("2026-11-20"), RateOrigin.Ecb), (day.Date, day.Origin));
        Assert.Equal("USD=1.1355 JPY=178.05 GBP=0.884", TestRates.Text(day));
    }

    [Fact]
    public void Parse_DoubleQuotes_BringsTheSame() =>
        Assert.Single(Parse(EcbXml("2026-11-20 USD=1.1355").Replace('\'', '"')));

    [Fact]
    public void Parse_HistoryNewestFirst_BringsEveryDayInItsOrder()
    {
        var days = Parse(EcbXml("2026-11-20 USD=1.3", "2026-11-19 USD=1.2", "1999-01-04 USD=1.1789 SIT=189.045"));

        Assert.Equal(["2026-11-20", "2026-11-19", "1999-01-04"], days.Select(d => d.Date.ToString("yyyy-MM-dd")));
        Assert.Equal("USD=1.1789 SIT=189.045", TestRates.Text(days[2]));
    }

    [Fact]
    public void Parse_DayWithoutRates_IsLeftOut() =>
        Assert.Equal("USD=1.2", TestRates.Text(Assert.Single(Parse(EcbXml("2026-11-20", "2026-11-19 USD=1.2")))));

    [Fact]
    public void Parse_UnknownCodesAndTheEuro_ArePassedOver() =>
        Assert.Equal(
            "USD=1.2", TestRates.Text(Assert.Single(Parse(EcbXml("2026-11-19 XAU=0.0004 EUR=1 QQQ=5 USD=1.2")))));

    [Theory]
    [InlineData("")]
    [InlineData("rates")]
    [InlineData("<html><body>Service unavailable</body></html>")]
    [InlineData("<!DOCTYPE html><html></html>")]
    [InlineData("<Cube><Cube time='2026-11-20'><Cube currency='USD' rate='1.2'/>")]
    [InlineData("<Cube time='2026-11-20'/>")]
    [InlineData("<Cube><Cube currency='USD' rate='1.2'/></Cube>")]
    [InlineData("<?xml version='1.0' encoding='no-such-encoding'?><Cube/>")]
    [InlineData("<Cube time='2026-11-20' time='2026-11-19'/>")]
    public void Parse_NotTheBanksXml_IsRefused(string document) => Refused(document);

    [Theory]
    [InlineData("2026-11-20 USD=0")]
    [InlineData("2026-11-20 USD=-1.2")]
    [InlineData("2026-11-20 USD=+1.2")]
    [InlineData("2026-11-20 USD=1,2")]
    [InlineData("2026-11-20 USD=1.2e3")]
    [InlineData("2026-11-20 USD=NaN")]
    [InlineData("2026-11-20 USD=N/A")]
    [InlineData("2026-11-20 USD=")]
    [InlineData("2026-11-20 USD=0.00000000000000000000000000001")]
    [InlineData("2026-11-20 USD=1000000000001")]
    [InlineData("2026-11-20 USD=99999999999999999999999999999999999999")]
    [InlineData("2026-11-20 USD=1.2 USD=1.2")]
    [InlineData("2026-11-20 USD=1.2 usd=1.3")]
    [InlineData("2026-11-20 XAU=0")]
    [InlineData("20.11.2026 USD=1.2")]
    [InlineData("2026-02-30 USD=1.2")]
    [InlineData("2026-1-1 USD=1.2")]
    [InlineData("0000-00-00 USD=1.2")]
    public void Parse_ImpossibleRateOrDate_IsRefused(string day) => Refused(EcbXml("2026-11-19 USD=1.1", day));

    [Fact]
    public void Parse_RateWithoutItsAttribute_IsRefused() =>
        Refused("<Cube><Cube time='2026-11-20'><Cube currency='USD'/></Cube></Cube>");

    [Fact]
    public void Parse_EntitiesThatExpandWithoutEnd_AreRefusedUnread()
    {
        var message = Refused("""
            <?xml version="1.0"?>
            <!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
            <Cube><Cube time='2026-11-20'><Cube currency='&c;' rate='1.2'/></Cube></Cube>
            """);

        Assert.Contains("DTD", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ExternalEntity_IsRefused() => Refused("""
        <?xml version="1.0"?>
        <!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>
        <Cube><Cube time='2026-11-20'><Cube currency='USD' rate='&file;'/></Cube></Cube>
        """);

    [Fact]
    public void Parse_DeepNesting_IsReadWithoutRecursion() => Assert.Single(Parse(
        string.Concat(Enumerable.Repeat("<Cube>", 50_000))
        + "<Cube time='2026-11-20'><Cube currency='USD' rate='1.2'/></Cube>"
        + string.Concat(Enumerable.Repeat("</Cube>", 50_000))));

    [Fact]
    public void Parse_LongHostileText_IsCutInTheMessage()
    {
        var message = Refused(EcbXml("2026-11-20 USD=" + new string('x', 10_000)));

        Assert.InRange(message.Length, 1, 200);
    }

    private static List<RateDay> Parse(string document) =>
        Rondo.Services.Currency.Sources.EcbXml.Parse(Utf8(document), RateOrigin.Ecb);

    private static string Refused(string document) => Assert.Throws<RateFormatException>(() => Parse(document)).Message;
}
