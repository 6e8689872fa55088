using Rondo.Services.Currency;

namespace Rondo.Services.Tests.Currency;

public sealed class CurrencyCatalogTests
{
    [Theory]
    [InlineData("USD")]
    [InlineData("usd")]
    [InlineData("uSd")]
    public void Find_KnownCodeInAnyCase_FindsIt(string code) => Assert.Equal("USD", CurrencyCatalog.Find(code)?.Code);

    [Theory]
    [InlineData("")]
    [InlineData("US")]
    [InlineData("USDX")]
    [InlineData("XXX")]
    [InlineData("XAU")]
    [InlineData("ÜSD")]
    [InlineData("U/S")]
    [InlineData("US\0")]
    [InlineData("U5D")]
    [InlineData("\u0130SD")]
    [InlineData("\u212AES")]
    [InlineData("@@@")]
    [InlineData("[[[")]
    public void Find_NotAKnownCode_FindsNothing(string code) => Assert.Null(CurrencyCatalog.Find(code));

    [Fact]
    public void All_EveryCurrency_IsFoundByItsCodeAndStandsAtItsIndex()
    {
        Assert.Equal(CurrencyCatalog.All.OrderBy(c => c.Code, StringComparer.Ordinal), CurrencyCatalog.All);
        Assert.All(CurrencyCatalog.All, currency =>
        {
            Assert.Same(currency, CurrencyCatalog.Find(currency.Code));
            Assert.Same(currency, CurrencyCatalog.All[currency.Index]);
            Assert.Matches("^[A-Z]{3}$", currency.Code);
            Assert.Matches("^[0-9]{3}$", currency.Numeric);
            Assert.InRange(currency.MinorUnits, 0, 3);
            Assert.NotEmpty(currency.Name);
        });
        Assert.Distinct(CurrencyCatalog.All.Select(c => c.Numeric));
    }

    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KRW", 0)]
    [InlineData("ISK", 0)]
    [InlineData("CLP", 0)]
    [InlineData("VND", 0)]
    [InlineData("BHD", 3)]
    [InlineData("KWD", 3)]
    [InlineData("JOD", 3)]
    [InlineData("OMR", 3)]
    [InlineData("TND", 3)]
    [InlineData("HUF", 2)]
    [InlineData("IDR", 2)]
    public void MinorUnits_Currency_IsThatOfIso4217(string code, int expected) =>
        Assert.Equal(expected, CurrencyCatalog.Find(code)!.MinorUnits);

    [Theory]
    [InlineData("ATS", "13.7603", "1999-01-01")]
    [InlineData("BEF", "40.3399", "1999-01-01")]
    [InlineData("DEM", "1.95583", "1999-01-01")]
    [InlineData("ESP", "166.386", "1999-01-01")]
    [InlineData("FIM", "5.94573", "1999-01-01")]
    [InlineData("FRF", "6.55957", "1999-01-01")]
    [InlineData("IEP", "0.787564", "1999-01-01")]
    [InlineData("ITL", "1936.27", "1999-01-01")]
    [InlineData("LUF", "40.3399", "1999-01-01")]
    [InlineData("NLG", "2.20371", "1999-01-01")]
    [InlineData("PTE", "200.482", "1999-01-01")]
    [InlineData("GRD", "340.750", "2001-01-01")]
    [InlineData("SIT", "239.640", "2007-01-01")]
    [InlineData("CYP", "0.585274", "2008-01-01")]
    [InlineData("MTL", "0.429300", "2008-01-01")]
    [InlineData("SKK", "30.1260", "2009-01-01")]
    [InlineData("EEK", "15.6466", "2011-01-01")]
    [InlineData("LVL", "0.702804", "2014-01-01")]
    [InlineData("LTL", "3.45280", "2015-01-01")]
    [InlineData("HRK", "7.53450", "2023-01-01")]
    [InlineData("BGN", "1.95583", "2026-01-01")]
    public void FixedEuroRate_CurrencyOfAMemberState_IsThatOfTheRegulation(string code, string rate, string from)
    {
        var currency = CurrencyCatalog.Find(code)!;
        var start = DateOnly.Parse(from);

        Assert.Equal(decimal.Parse(rate), currency.FixedEuroRate);
        Assert.Equal(CurrencyCatalog.Euro, currency.ReplacedBy);
        Assert.False(currency.IsFixedOn(start.AddDays(-1)));
        Assert.True(currency.IsFixedOn(start));
    }

    [Theory]
    [InlineData("TRL", "TRY", "2005-01-01")]
    [InlineData("ROL", "RON", "2005-07-01")]
    public void ReplacedBy_RedenominatedCurrency_NamesTheNewOneButFixesNoRate(
        string code, string successor, string from)
    {
        var currency = CurrencyCatalog.Find(code)!;

        Assert.Equal(successor, currency.ReplacedBy?.Code);
        Assert.True(currency.IsReplacedOn(DateOnly.Parse(from)));
        Assert.False(currency.IsFixedOn(DateOnly.Parse(from)));
    }

    [Theory]
    [InlineData("GPB", "GBP")]
    [InlineData("USS", "USD")]
    [InlineData("EUX", "EUR")]
    [InlineData("jpx", "JPY")]
    public void Nearest_Misspelling_SuggestsTheMeantCode(string code, string expected) =>
        Assert.Equal(expected, CurrencyCatalog.Nearest(code));

    [Theory]
    [InlineData("")]
    [InlineData("ÜÜÜÜ")]
    public void Nearest_NothingInCommon_StillNamesAKnownCode(string code) =>
        Assert.NotNull(CurrencyCatalog.Find(CurrencyCatalog.Nearest(code)));
}
