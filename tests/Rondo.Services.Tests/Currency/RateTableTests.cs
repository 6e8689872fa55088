using Rondo.Services.Currency;
using static Rondo.Services.Tests.Support.TestRates;

namespace Rondo.Services.Tests.Currency;

public sealed class RateTableTests
{
    [Fact]
    public void Empty_AnyQuestion_HasNoAnswer()
    {
        Assert.Equal(0, RateTable.Empty.Dates.Length);
        Assert.Equal(0, RateTable.Empty.RateCount);
        Assert.Equal(-1, RateTable.Empty.PublicationFor(Date("2026-11-20")));
        Assert.Null(RateTable.Empty.Span(Known("USD")));
        Assert.Null(RateTable.Empty.Span(CurrencyCatalog.Euro));
        Assert.Empty(RateTable.Empty.Coverage);
    }

    [Fact]
    public void Merge_DaysInAnyOrder_SortsDatesAndCurrencies()
    {
        var table = Table(
            Day("2026-11-20", "USD=1.1 GBP=0.9"), Day("2026-11-18", "JPY=170"), Day("2026-11-19", "USD=1.2"));

        Assert.Equal([Date("2026-11-18"), Date("2026-11-19"), Date("2026-11-20")], table.Dates.ToArray());
        Assert.Equal(["GBP", "JPY", "USD"], table.Currencies.Select(c => c.Code));
        Assert.Equal(4, table.RateCount);
        Assert.Equal(1.2m, table[1, Known("USD")]);
        Assert.Equal(0, table[1, Known("JPY")]);
        Assert.Equal(1, table[1, CurrencyCatalog.Euro]);
        Assert.Equal(0, table[1, Known("AED")]);
    }

    [Theory]
    [InlineData(RateOrigin.Bundled, RateOrigin.Fixer)]
    [InlineData(RateOrigin.Bundled, RateOrigin.Ecb)]
    [InlineData(RateOrigin.Fixer, RateOrigin.Ecb)]
    [InlineData(RateOrigin.Ecb, RateOrigin.File)]
    internal void Merge_TwoOriginsForOneDay_TheHigherWinsInEitherOrder(RateOrigin lower, RateOrigin higher)
    {
        var (low, high) = (Day("2026-11-20", "USD=1.1 GBP=0.9", lower), Day("2026-11-20", "USD=1.2", higher));

        RateTable[] tables =
            [Table(low, high), Table(high, low), Table(low).Merge([high], out _), Table(high).Merge([low], out _)];
        Assert.All(tables, table =>
        {
            Assert.Equal(higher, table.OriginOf(0));
            Assert.Equal("USD=1.2", Text(table.Day(0)));
        });
    }

    [Fact]
    public void Merge_LowerOrigin_ChangesNothing()
    {
        var table = Table(Day("2026-11-20", "USD=1.2"));

        Assert.Same(table, table.Merge([Day("2026-11-20", "USD=1.1 GBP=0.9", RateOrigin.Fixer)], out var changed));
        Assert.Empty(changed);
    }

    [Fact]
    public void Merge_SameOriginAgain_TakesOverValuesAndKeepsTheRest()
    {
        var table = Table(Day("2026-11-20", "USD=1.1 GBP=0.9"))
            .Merge([Day("2026-11-20", "USD=1.2 JPY=170")], out var changed);

        Assert.Equal("GBP=0.9 JPY=170 USD=1.2", Text(table.Day(0)));
        Assert.Single(changed);
    }

    [Fact]
    public void Merge_SameDaysTwice_ChangesNothing()
    {
        RateDay[] days = [Day("2026-11-19", "USD=1.1 GBP=0.9"), Day("2026-11-20", "USD=1.2")];
        var table = Table(days);

        Assert.Same(table, table.Merge(days, out var changed));
        Assert.Empty(changed);
        Assert.Same(table, table.Merge([], out _));
    }

    [Fact]
    public void Merge_SomeDaysNew_ReportsOnlyThoseOldestFirst()
    {
        Table(Day("2026-11-19", "USD=1.1"), Day("2026-11-18", "USD=1.1")).Merge(
            [Day("2026-11-20", "USD=1.3"), Day("2026-11-19", "USD=1.1"), Day("2026-11-18", "USD=1.2")],
            out var changed);

        Assert.Equal([Date("2026-11-18"), Date("2026-11-20")], changed.Select(d => d.Date));
    }

    [Fact]
    public void Merge_Table_LeavesTheOldOneAsItWas()
    {
        var before = Table(Day("2026-11-19", "USD=1.1"));

        before.Merge([Day("2026-11-19", "USD=9"), Day("2026-11-18", "JPY=170")], out _);

        Assert.Equal("USD=1.1", Text(before.Day(0)));
        Assert.Equal(1, before.Dates.Length);
    }

    [Theory]
    [InlineData("2026-10-30", 0)]
    [InlineData("2026-10-31", 0)]
    [InlineData("2026-11-13", 0)]
    [InlineData("2026-11-14", -1)]
    [InlineData("2026-11-20", 1)]
    [InlineData("2026-11-23", 1)]
    [InlineData("2026-12-04", 1)]
    [InlineData("2026-12-05", -1)]
    [InlineData("2026-10-29", -1)]
    [InlineData("0001-01-01", -1)]
    [InlineData("9999-12-31", -1)]
    public void PublicationFor_Date_IsTheLastWithinTwoWeeks(string date, int expected) => Assert.Equal(
        expected, Table(Day("2026-10-30", "USD=1.1"), Day("2026-11-20", "USD=1.2")).PublicationFor(Date(date)));

    [Fact]
    public void Span_CurrencyWithGaps_ReachesFromItsFirstToItsLastDay()
    {
        var table = Table(
            Day("2026-11-17", "USD=1.1"),
            Day("2026-11-18", "USD=1.1 GBP=0.9"),
            Day("2026-11-19", "USD=1.1"),
            Day("2026-11-20", "GBP=0.9"));

        Assert.Equal((Date("2026-11-18"), Date("2026-11-20")), table.Span(Known("GBP")));
        Assert.Equal((Date("2026-11-17"), Date("2026-11-19")), table.Span(Known("USD")));
        Assert.Equal((Date("2026-11-17"), Date("2026-11-20")), table.Span(CurrencyCatalog.Euro));
        Assert.Null(table.Span(Known("JPY")));
    }

    [Fact]
    public void Span_CurrencyWhoseOnlyDayGaveWayToAHigherOrigin_IsNone()
    {
        var table = Table(Day("2026-11-20", "AED=4.2 USD=1.1", RateOrigin.Fixer))
            .Merge([Day("2026-11-20", "USD=1.2")], out _);

        Assert.Null(table.Span(Known("AED")));
        Assert.Equal((Date("2026-11-20"), Date("2026-11-20")), table.Span(Known("USD")));
    }

    [Fact]
    public void Coverage_TwoOrigins_TellsDaysAndCurrenciesOfEach()
    {
        var table = Table(
            Day("2026-11-17", "USD=1.1 GBP=0.9", RateOrigin.Bundled),
            Day("2026-11-18", "USD=1.1", RateOrigin.Bundled),
            Day("2026-11-19", "JPY=170"),
            Day("2026-11-20", "USD=1.2"));

        Assert.Equal([RateOrigin.Bundled, RateOrigin.Ecb], table.Coverage.Select(c => c.Origin));
        Assert.Equal((Date("2026-11-17"), Date("2026-11-18")), (table.Coverage[0].First, table.Coverage[0].Last));
        Assert.Equal(["GBP", "USD"], table.Coverage[0].Currencies.Select(c => c.Code));
        Assert.Equal((Date("2026-11-19"), Date("2026-11-20")), (table.Coverage[1].First, table.Coverage[1].Last));
        Assert.Equal(["JPY", "USD"], table.Coverage[1].Currencies.Select(c => c.Code));
    }
}
