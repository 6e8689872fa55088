using System.Globalization;
using Rondo.Services.Currency;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestRates;

namespace Rondo.Services.Tests.Currency;

public sealed class CurrencyConverterTests
{
    private static readonly ManualTime Now = new(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero));

    private static readonly RateDay[] Days =
    [
        Day("2004-12-31", "USD=1.3621 TRL=1836200"),
        Day("2005-01-03", "USD=1.3507 TRY=1.8292"),
        Day("2008-12-03", "USD=1.2666 ISK=290"),
        Day("2008-12-10", "USD=1.2925"),
        Day("2022-03-01", "USD=1.1162 RUB=117.201"),
        Day("2022-03-02", "USD=1.1106"),
        Day("2025-12-31", "USD=1.175 BGN=1.9558"),
        Day("2026-11-19", "USD=1.2 GBP=0.88"),
        Day("2026-11-20", "USD=1.22 GBP=0.884 JPY=178.5 KWD=0.3545"),
    ];

    [Theory]
    [InlineData("EUR", "USD", "100", "122")]
    [InlineData("EUR", "GBP", "7", "6.19")]
    [InlineData("USD", "EUR", "122", "100")]
    [InlineData("USD", "GBP", "100", "72.46")]
    [InlineData("EUR", "JPY", "1.01", "180")]
    [InlineData("EUR", "KWD", "1", "0.355")]
    [InlineData("EUR", "EUR", "1.005", "1.01")]
    [InlineData("USD", "USD", "5", "5")]
    [InlineData("EUR", "USD", "0", "0")]
    [InlineData("EUR", "USD", "1000000000000000", "1220000000000000")]
    public void Convert_LatestRates_RoundsToTheMinorUnitOfTheTarget(
        string from, string to, string amount, string expected)
    {
        var conversion = Converted(from, to, amount);

        Assert.Equal(expected, conversion.Result.ToString("0.###", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Convert_CrossRate_IsPublishedWithEightDigits()
    {
        var conversion = Converted("USD", "GBP", "100");

        Assert.Equal(0.72459016m, conversion.Rate);
        Assert.Equal(Date("2026-11-20"), conversion.RateDate);
        Assert.Equal(RateOrigin.Ecb, conversion.Origin);
    }

    [Theory]
    [InlineData("2026-11-21", "2026-11-20", "122")]
    [InlineData("2026-11-20", "2026-11-20", "122")]
    [InlineData("2026-11-19", "2026-11-19", "120")]
    [InlineData("2026-01-03", "2025-12-31", "117.5")]
    public void Convert_OnADate_TakesThePublicationThatSpeaksForIt(string date, string published, string expected)
    {
        var conversion = Converted("EUR", "USD", "100", date);

        Assert.Equal(Date(published), conversion.RateDate);
        Assert.Equal(expected, conversion.Result.ToString("0.##", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("EUR", "USD", "2026-11-22", ConversionError.DateInFuture)]
    [InlineData("EUR", "USD", "9999-12-31", ConversionError.DateInFuture)]
    [InlineData("EUR", "USD", "1998-12-31", ConversionError.NoRateForDate)]
    [InlineData("EUR", "USD", "0001-01-01", ConversionError.NoRateForDate)]
    [InlineData("EUR", "USD", "2010-01-04", ConversionError.NoRateForDate)]
    [InlineData("EUR", "RUB", null, ConversionError.NoRateForDate)]
    [InlineData("EUR", "RUB", "2022-03-02", ConversionError.NoRateForDate)]
    [InlineData("RUB", "EUR", "2022-03-05", ConversionError.NoRateForDate)]
    [InlineData("EUR", "ISK", "2008-12-10", ConversionError.NoRateForDate)]
    [InlineData("EUR", "ISK", "2008-12-20", ConversionError.NoRateForDate)]
    [InlineData("EUR", "TRL", "2005-01-01", ConversionError.NoRateForDate)]
    [InlineData("EUR", "TRL", "2005-01-03", ConversionError.NoRateForDate)]
    [InlineData("EUR", "DEM", "1998-12-31", ConversionError.NoRateForDate)]
    [InlineData("EUR", "AED", null, ConversionError.NoRateForDate)]
    internal void Convert_NoRateOnThatDate_SaysSo(string from, string to, string? date, ConversionError expected) =>
        Assert.Equal(expected, Convert(Snapshot(Days), from, to, "100", date, out _));

    [Theory]
    [InlineData("RUB", "2022-03-01")]
    [InlineData("ISK", "2008-12-03")]
    [InlineData("ISK", "2008-12-09")]
    [InlineData("TRL", "2004-12-31")]
    public void Convert_WhileItWasPublished_HasARate(string code, string date) =>
        Assert.Equal(RateOrigin.Ecb, Converted("EUR", code, "100", date).Origin);

    [Theory]
    [InlineData("EUR", "DEM", null, "195.58")]
    [InlineData("EUR", "DEM", "1999-01-01", "195.58")]
    [InlineData("DEM", "EUR", null, "51.13")]
    [InlineData("DEM", "FRF", null, "335.38")]
    [InlineData("EUR", "BGN", "2026-01-01", "195.58")]
    [InlineData("ITL", "DEM", null, "0.1")]
    [InlineData("DEM", "DEM", null, "100")]
    public void Convert_CurrencyThatTheEuroReplaced_UsesTheFixedRate(
        string from, string to, string? date, string expected)
    {
        var conversion = Converted(from, to, "100", date);

        Assert.Equal(expected, conversion.Result.ToString("0.##", CultureInfo.InvariantCulture));
        Assert.Equal(RateOrigin.Fixed, conversion.Origin);
        Assert.Equal(Date(date ?? "2026-11-21"), conversion.RateDate);
    }

    [Fact]
    public void Convert_FixedToPublished_NamesThePublication()
    {
        var conversion = Converted("DEM", "USD", "195.583");

        Assert.Equal(122m, conversion.Result);
        Assert.Equal((Date("2026-11-20"), RateOrigin.Ecb), (conversion.RateDate, conversion.Origin));
    }

    [Fact]
    public void Convert_BeforeTheChangeover_UsesThePublishedRate()
    {
        var conversion = Converted("EUR", "BGN", "100", "2025-12-31");

        Assert.Equal((1.9558m, RateOrigin.Ecb), (conversion.Rate, conversion.Origin));
    }

    [Fact]
    public void Convert_RateSetByHand_ComesBeforeThePublishedOneWhileItHolds()
    {
        var rates = WithOverrides(
            new RateOverride(Known("USD"), 1.5m, Date("2026-11-01"), Date("2026-11-19")),
            new RateOverride(Known("AED"), 4m, Date("2026-11-20"), null),
            new RateOverride(Known("DEM"), 2m, Date("2026-01-01"), null));

        Assert.Equal((150m, RateOrigin.Override), Result(rates, "EUR", "USD", "2026-11-19"));
        Assert.Equal((122m, RateOrigin.Ecb), Result(rates, "EUR", "USD", "2026-11-20"));
        Assert.Equal((400m, RateOrigin.Override), Result(rates, "EUR", "AED", null));
        Assert.Equal((30.5m, RateOrigin.Override), Result(rates, "AED", "USD", null));
        Assert.Equal((200m, RateOrigin.Override), Result(rates, "EUR", "DEM", null));
    }

    [Fact]
    public void Convert_TwoRatesSetByHand_TheOneThatStartsLaterWins()
    {
        var rates = WithOverrides(
            new RateOverride(Known("USD"), 1.5m, Date("2026-11-01"), null),
            new RateOverride(Known("USD"), 1.6m, Date("2026-11-10"), Date("2026-11-15")));

        Assert.Equal(150m, Result(rates, "EUR", "USD", "2026-11-09").Result);
        Assert.Equal(160m, Result(rates, "EUR", "USD", "2026-11-15").Result);
        Assert.Equal(150m, Result(rates, "EUR", "USD", "2026-11-16").Result);
    }

    [Fact]
    public void Convert_NoRatesAtAll_TellsThatFromNoRateForTheDate()
    {
        Assert.Equal(ConversionError.NoRates, Convert(Snapshot(), "EUR", "USD", "100", null, out _));
        Assert.Equal(ConversionError.None, Convert(Snapshot(), "EUR", "DEM", "100", null, out _));
    }

    [Theory]
    [InlineData("1000000000000000.01")]
    [InlineData("999999999999999999999999999999")]
    public void Convert_AmountAboveTheLargest_IsTooLarge(string amount) =>
        Assert.Equal(ConversionError.AmountTooLarge, Convert(Snapshot(Days), "EUR", "USD", amount, null, out _));

    [Fact]
    public void Convert_ResultBeyondTwentyEightDigits_IsTooLarge()
    {
        var rates = WithOverrides(
            new RateOverride(Known("USD"), 1e-12m, Date("2026-11-01"), null),
            new RateOverride(Known("GBP"), 1e12m, Date("2026-11-01"), null));

        Assert.Equal(ConversionError.AmountTooLarge, Convert(rates, "USD", "GBP", "1000000000000000", null, out _));
    }

    private static Conversion Converted(string from, string to, string amount, string? date = null)
    {
        Assert.Equal(ConversionError.None, Convert(Snapshot(Days), from, to, amount, date, out var conversion));
        return conversion;
    }

    private static (decimal Result, RateOrigin Origin) Result(RateSnapshot rates, string from, string to, string? date)
    {
        Assert.Equal(ConversionError.None, Convert(rates, from, to, "100", date, out var conversion));
        return (conversion.Result, conversion.Origin);
    }

    private static RateSnapshot WithOverrides(params RateOverride[] overrides) => new(Table(Days), overrides, 1, null);

    private static ConversionError Convert(
        RateSnapshot rates, string from, string to, string amount, string? date, out Conversion conversion)
    {
        Assert.True(Amount.TryParse(amount, out var parsed));
        var request = new ConversionRequest(Known(from), Known(to), parsed, date is null ? null : Date(date));
        return new CurrencyConverter(Now).Convert(rates, request, out conversion);
    }
}
