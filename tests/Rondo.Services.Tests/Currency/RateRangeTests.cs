using System.Globalization;
using Rondo.Services.Currency;
using static Rondo.Services.Tests.Support.TestRates;

namespace Rondo.Services.Tests.Currency;

public sealed class RateRangeTests
{
    // Friday, Monday, Tuesday, Friday of November 2026.
    private static readonly RateSnapshot November = Snapshot(
        Day("2026-11-13", "USD=1.1 GBP=0.8"),
        Day("2026-11-16", "USD=1.2 GBP=0.8"),
        Day("2026-11-17", "USD=1.3"),
        Day("2026-11-20", "USD=1.4 GBP=0.88 JPY=170"));

    [Theory]
    [InlineData("2026-11-16", "2026-11-17", "2026-11-16 GBP=0.8 USD=1.2; 2026-11-17 USD=1.3")]
    [InlineData("2026-11-20", "2026-11-20", "2026-11-20 GBP=0.88 JPY=170 USD=1.4")]
    [InlineData("2026-11-14", "2026-11-16", "2026-11-13 GBP=0.8 USD=1.1; 2026-11-16 GBP=0.8 USD=1.2")]
    [InlineData("2026-11-21", "2026-11-22", "2026-11-20 GBP=0.88 JPY=170 USD=1.4")]
    [InlineData("2026-11-01", "2026-11-13", "2026-11-13 GBP=0.8 USD=1.1")]
    [InlineData("2026-11-18", "2026-11-19", "2026-11-17 USD=1.3")]
    [InlineData("2026-11-01", "2026-11-12", "")]
    [InlineData("2026-12-05", "2026-12-31", "")]
    [InlineData("0001-01-01", "0001-01-02", "")]
    [InlineData("9999-12-30", "9999-12-31", "")]
    public void Rows_Published_AreThePublicationsFromTheOneThatSpeaksForTheFirstDay(
        string from, string to, string expected) =>
        Assert.Equal(expected, Rows(November, from, to));

    [Theory]
    [InlineData("2026-11-13", "2026-11-16", "2026-11-13 USD=1.1; 2026-11-14 USD=1.1; 2026-11-15 USD=1.1; 2026-11-16 USD=1.2")]
    [InlineData("2026-11-14", "2026-11-14", "2026-11-14 USD=1.1")]
    [InlineData("2026-11-11", "2026-11-13", "2026-11-13 USD=1.1")]
    [InlineData("2026-12-03", "2026-12-31", "2026-12-03 USD=1.4; 2026-12-04 USD=1.4")]
    public void Rows_EveryDay_FillEachDayFromThePublicationBefore(string from, string to, string expected) =>
        Assert.Equal(
            expected,
            Rows(November, from, to, r => r with { Grouping = RateGrouping.EveryDay, Quotes = [Known("USD")] }));

    [Fact]
    public void Rows_EveryDayOverALongSilence_StopAfterTwoWeeks()
    {
        var rates = Snapshot(Day("2026-10-01", "USD=1.1"), Day("2026-11-20", "USD=1.2"));
        var rows = Rows(rates, "2026-10-01", "2026-11-20", r => r with { Grouping = RateGrouping.EveryDay })
            .Split("; ");

        Assert.Equal(16, rows.Length);
        Assert.Equal("2026-10-15 USD=1.1", rows[14]);
        Assert.Equal("2026-11-20 USD=1.2", rows[15]);
    }

    [Fact]
    public void Rows_Week_AreMeansOfWhatWasPublishedDatedOnMonday() => Assert.Equal(
        "2026-11-09 GBP=0.8 USD=1.1; 2026-11-16 GBP=0.84 JPY=170 USD=1.3",
        Rows(November, "2026-11-09", "2026-11-22", r => r with { Grouping = RateGrouping.Week }));

    [Fact]
    public void Rows_Month_AreMeansDatedOnTheFirst()
    {
        var rates = Snapshot(
            Day("2026-09-30", "USD=1"), Day("2026-10-01", "USD=1.1"),
            Day("2026-10-30", "USD=1.2"), Day("2026-11-02", "USD=1.3"));

        Assert.Equal(
            "2026-09-01 USD=1; 2026-10-01 USD=1.15; 2026-11-01 USD=1.3",
            Rows(rates, "2026-09-01", "2026-11-30", r => r with { Grouping = RateGrouping.Month }));
    }

    [Theory]
    [InlineData(RateGrouping.Month, "2026-11-01", "2026-11-01 USD=1.3")]
    [InlineData(RateGrouping.Week, "2026-10-31", "2026-11-02 USD=1.3")]
    [InlineData(RateGrouping.Month, "2026-10-20", "2026-10-01 USD=1.2; 2026-11-01 USD=1.3")]
    internal void Rows_GroupsFromASilentDay_TakeInNoDayBeforeIt(RateGrouping grouping, string from, string expected)
    {
        // The first of November 2026 is a Sunday.
        var rates = Snapshot(Day("2026-10-19", "USD=1.1"), Day("2026-10-30", "USD=1.2"), Day("2026-11-02", "USD=1.3"));

        Assert.Equal(expected, Rows(rates, from, "2026-11-30", r => r with { Grouping = grouping }));
    }

    [Fact]
    public void Rows_AnotherBase_AreCrossRatesWithTheEuroAmongThem() => Assert.Equal(
        "2026-11-20 EUR=0.71428571 GBP=0.62857143 JPY=121.42857",
        Rows(November, "2026-11-20", "2026-11-20", r => r with { Base = Known("USD") }));

    [Fact]
    public void Rows_BaseNotPublishedThatDay_LeaveTheDayOut() => Assert.Equal(
        "2026-11-16 USD=1.5; 2026-11-20 USD=1.5909091",
        Rows(November, "2026-11-16", "2026-11-20", r => r with { Base = Known("GBP"), Quotes = [Known("USD")] }));

    [Fact]
    public void Rows_BaseIncluded_ShowItAtOne() => Assert.Equal(
        "2026-11-16 GBP=1 USD=1.5",
        Rows(November, "2026-11-16", "2026-11-16", r => r with
        {
            Base = Known("GBP"),
            Quotes = [Known("USD"), Known("GBP"), Known("USD")],
            IncludeBase = true,
        }));

    [Fact]
    public void Rows_Amount_AreRoundedToTheMinorUnitOfEach() => Assert.Equal(
        "2026-11-20 GBP=9 JPY=1738 USD=14.32",
        Rows(November, "2026-11-20", "2026-11-20", r => r with { Amount = Amount("10.2250") }));

    [Fact]
    public void Rows_AmountWithHalfEven_RoundHalvesToTheEvenNeighbour() => Assert.Equal(
        "2026-11-20 USD=0.02",
        Rows(November, "2026-11-20", "2026-11-20", r => r with
        {
            Amount = Amount("0.017857142857142857142857142857"),
            Quotes = [Known("USD")],
            Rounding = MoneyRounding.HalfEven,
        }));

    [Fact]
    public void Rows_BulgarianLevAroundItsEnd_EndWithTheYearThoughItsLastPublicationIsStillTheLatest()
    {
        var rates = Snapshot(
            Day("2025-12-30", "BGN=1.9558 USD=1.1"),
            Day("2025-12-31", "BGN=1.9558 USD=1.2"),
            Day("2026-01-02", "USD=1.3"));

        Assert.Equal(
            "2025-12-31 BGN=1.9558 USD=1.2; 2026-01-01 USD=1.2; 2026-01-02 USD=1.3",
            Rows(rates, "2025-12-31", "2026-01-02", r => r with { Grouping = RateGrouping.EveryDay }));
        Assert.Equal(
            "2025-12-31 BGN=1.9558 USD=1.2; 2026-01-02 USD=1.3",
            Rows(rates, "2026-01-01", "2026-01-02"));
    }

    [Fact]
    public void Rows_ReplacedCurrencies_AreListedOnlyByName()
    {
        var rates = Snapshot(Day("2026-11-20", "USD=1.4 BGN=1.9559"));

        Assert.Equal("2026-11-20 USD=1.4", Rows(rates, "2026-11-20", "2026-11-20"));
        Assert.Equal(
            "2026-11-20 BGN=1.95583 DEM=1.95583",
            Rows(rates, "2026-11-20", "2026-11-20", r => r with { Quotes = [Known("DEM"), Known("BGN")] }));
    }

    [Fact]
    public void Rows_OldLiraByName_EndWithTheYear()
    {
        var rates = Snapshot(Day("2004-12-31", "TRL=1836200"), Day("2005-01-03", "TRY=1.8292"));

        Assert.Equal("2004-12-31 TRL=1836200", Rows(rates, "2004-12-30", "2005-01-05", r => r with
        {
            Grouping = RateGrouping.EveryDay,
            Quotes = [Known("TRL")],
        }));
    }

    [Fact]
    public void Rows_RateSetByHand_ReplacesThePublishedOne()
    {
        var rates = new RateSnapshot(
            November.Table, [new RateOverride(Known("USD"), 2m, Date("2026-11-14"), Date("2026-11-16"))], 1, null);

        Assert.Equal(
            "2026-11-13 USD=1.1; 2026-11-16 USD=2; 2026-11-17 USD=1.3",
            Rows(rates, "2026-11-13", "2026-11-17", r => r with { Quotes = [Known("USD")] }));
    }

    [Fact]
    public void Rows_OneOrigin_LeaveOutTheDaysOfOthers()
    {
        var rates = Snapshot(Day("2026-11-19", "USD=1.1", RateOrigin.Bundled), Day("2026-11-20", "USD=1.2"));

        Assert.Equal(
            "2026-11-20 USD=1.2",
            Rows(
                rates, "2026-11-19", "2026-11-20",
                r => r with { Origins = new HashSet<RateOrigin> { RateOrigin.Ecb } }));
    }

    [Theory]
    [InlineData(RateGrouping.Published)]
    [InlineData(RateGrouping.EveryDay)]
    [InlineData(RateGrouping.Week)]
    [InlineData(RateGrouping.Month)]
    internal void Rows_NoRatesAtAll_AreNone(RateGrouping grouping)
    {
        Assert.Equal("", Rows(Snapshot(), "2026-11-01", "2026-11-20", r => r with { Grouping = grouping }));
        Assert.Equal("", Rows(Snapshot(), "0001-01-01", "9999-12-31", r => r with { Grouping = grouping }));
    }

    [Theory]
    [InlineData(RateGrouping.Published, 7826)]
    [InlineData(RateGrouping.EveryDay, 10957)]
    [InlineData(RateGrouping.Month, 361)]
    internal void Rows_ThirtyYears_ComeWhole(RateGrouping grouping, int expected)
    {
        var first = Date("1996-11-22");
        var days = Enumerable.Range(0, 10957).Select(first.AddDays)
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .Select(d => new RateDay(d, RateOrigin.Ecb, [new EuroRate(Known("USD"), 1.2m)]));
        var range = new RateRange(
            Snapshot(days),
            new RateRangeRequest(first, first.AddDays(10956)) { Grouping = grouping, Quotes = [Known("USD")] });
        var (count, last) = (0, DateOnly.MinValue);
        while (range.MoveNext())
        {
            Assert.True(range.Date > last);
            Assert.Equal(1.2m, range.Row[0]);
            (count, last) = (count + 1, range.Date);
        }

        Assert.Equal(expected, count);
    }

    [Fact]
    public void Measure_Range_TellsItsFirstAndLastRowAndItsSources()
    {
        var rates = Snapshot(
            Day("2026-11-18", "USD=1.1", RateOrigin.Bundled),
            Day("2026-11-19", "GBP=0.8", RateOrigin.Fixer),
            Day("2026-11-20", "USD=1.2"));
        var request = new RateRangeRequest(Date("2026-11-01"), Date("2026-11-30"));

        Assert.Equal(
            new RateRangeExtent(
                Date("2026-11-18"), Date("2026-11-20"), Date("2026-11-20"), "ECB, fixer, currency-api", true),
            RateRange.Measure(rates, request));
        Assert.Equal(
            new RateRangeExtent(
                Date("2026-11-18"), Date("2026-11-20"), Date("2026-11-20"), "ECB, currency-api", true),
            RateRange.Measure(rates, request with { Quotes = [Known("USD")] }));
        Assert.Null(RateRange.Measure(rates, request with { Quotes = [Known("JPY")] }));
    }

    private static Amount Amount(string text)
    {
        Assert.True(Rondo.Services.Currency.Amount.TryParse(text, out var amount));
        return amount;
    }

    private static string Rows(
        RateSnapshot rates, string from, string to, Func<RateRangeRequest, RateRangeRequest>? adapt = null)
    {
        var request = new RateRangeRequest(Date(from), Date(to));
        var range = new RateRange(rates, adapt?.Invoke(request) ?? request);
        var rows = new List<string>();
        while (range.MoveNext())
        {
            var cells = range.Quotes.Zip(range.Row.ToArray()).Where(c => c.Second != RateRange.None)
                .Select(c => string.Create(CultureInfo.InvariantCulture, $" {c.First}={c.Second:0.############}"));
            rows.Add($"{range.Date:yyyy-MM-dd}{string.Concat(cells)}");
        }

        return string.Join("; ", rows);
    }
}
