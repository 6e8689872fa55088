using System.Text;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestRates;

namespace Rondo.Services.Tests.Currency;

public sealed class RateBookTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new(Now);
    private Database? _database;

    [Fact]
    public void Add_NewDays_AreThereAndCounted()
    {
        var book = Open();

        var changed = book.Add([Day("2026-11-20", "USD=1.22"), Day("2026-11-19", "USD=1.2")]);

        Assert.Equal([Date("2026-11-19"), Date("2026-11-20")], changed.Select(d => d.Date));
        Assert.Equal(1, book.Current.Sequence);
        Assert.Equal(
            (1, "2026-11-20", "ECB"),
            (book.Current.Latest, book.Current.LatestDate, book.Current.LatestSource));
    }

    [Fact]
    public void Add_SameDaysAgain_ChangesNothing()
    {
        var book = Open();
        book.Add([Day("2026-11-20", "USD=1.22")]);
        var before = book.Current;

        Assert.Empty(book.Add([Day("2026-11-20", "USD=1.22")]));
        Assert.Empty(book.Add([Day("2026-11-20", "USD=1.2", RateOrigin.Fixer)]));
        Assert.Empty(book.Add([]));
        Assert.Same(before, book.Current);
    }

    [Fact]
    public void Add_AnyChange_GrowsTheSequenceAndTheTag()
    {
        var book = Open();
        var tags = new List<string> { book.Current.Tag };
        for (var i = 1; i <= 3; i++)
        {
            book.Add([Day("2026-11-20", $"USD=1.2{i}")]);
            Assert.Equal(i, book.Current.Sequence);
            tags.Add(book.Current.Tag);
        }

        Assert.Distinct(tags);
    }

    [Fact]
    public void Add_Reopened_KeepsRatesSequenceAndConfirmation()
    {
        var book = Open(
            [Day("2026-11-18", "USD=1.1", RateOrigin.Bundled), Day("2026-11-20", "USD=1.1", RateOrigin.Bundled)]);
        book.Add([Day("2026-11-20", "USD=1.2200 JPY=178.5")]);
        book.Add([Day("2026-11-20", "GBP=0.884")]);
        book.Add([Day("2026-11-20", "KWD=0.354500000001 USD=0.000000000001")]);
        book.Confirm(RateOrigin.Ecb);
        var before = book.Current;

        var after = Reopen(
            [Day("2026-11-18", "USD=1.1", RateOrigin.Bundled), Day("2026-11-20", "USD=1.1", RateOrigin.Bundled)])
            .Current;

        Assert.Equal(before.Table.Dates.ToArray(), after.Table.Dates.ToArray());
        Assert.Equal("GBP=0.884 JPY=178.5 KWD=0.354500000001 USD=0.000000000001", Text(after.Table.Day(1)));
        Assert.Equal([RateOrigin.Bundled, RateOrigin.Ecb], [after.Table.OriginOf(0), after.Table.OriginOf(1)]);
        Assert.Equal((3, Now, before.Tag), (after.Sequence, after.Confirmed[RateOrigin.Ecb], after.Tag));
    }

    [Fact]
    public void Add_AfterReopening_GoesOnCounting()
    {
        Open().Add([Day("2026-11-19", "USD=1.2")]);

        var book = Reopen();
        book.Add([Day("2026-11-20", "USD=1.22")]);

        Assert.Equal(2, book.Current.Sequence);
        Assert.Equal(2, book.Notices.Count);
    }

    [Fact]
    public void Add_WithoutStore_TakesTheNewFileForEverything()
    {
        var book = new RateBook(null, [Day("2026-11-19", "USD=1.2", RateOrigin.File)], _time);

        book.Add([Day("2026-11-20", "GBP=0.884", RateOrigin.File)]);

        Assert.Equal([Date("2026-11-20")], book.Current.Table.Dates.ToArray());
        Assert.Equal(1, book.Current.Sequence);
        Assert.Empty(book.Add([]));
        Assert.Equal(1, book.Current.Table.Dates.Length);
    }

    [Fact]
    public void Add_StoreThatFails_ChangesNothing()
    {
        var book = Open();
        book.Add([Day("2026-11-19", "USD=1.2")]);
        var before = book.Current;
        var told = false;
        book.Changed += () => told = true;
        _database!.Dispose();

        Assert.ThrowsAny<Exception>(() => book.Add([Day("2026-11-20", "USD=1.22")]));

        Assert.Same(before, book.Current);
        Assert.False(told);
        Assert.Equal("2026-11-19", Reopen().Current.LatestDate);
    }

    [Fact]
    public void Confirm_Again_MovesTheAgeButNotTheTag()
    {
        var book = Open();
        book.Add([Day("2026-11-20", "USD=1.22")]);
        Assert.Equal(TimeSpan.FromHours(3), book.Current.Age(_time.GetUtcNow()));
        var tag = book.Current.Tag;

        book.Confirm(RateOrigin.Ecb);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromMinutes(5), book.Current.Age(_time.GetUtcNow()));
        Assert.Equal(tag, book.Current.Tag);
    }

    [Fact]
    public void IsStale_Rates_FromTwoHoursAfterTheNextPublication()
    {
        var rates = Snapshot(Day("2026-11-20", "USD=1.22"));

        Assert.False(rates.IsStale(new DateTimeOffset(2026, 11, 23, 16, 59, 59, TimeSpan.Zero)));
        Assert.True(rates.IsStale(new DateTimeOffset(2026, 11, 23, 17, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Notices_Changes_WaitInOrderUntilForgotten()
    {
        var book = Open();
        book.Add([Day("2026-11-18", "USD=1.1"), Day("2026-11-19", "USD=1.2 GBP=0.9")]);
        book.SetOverride(new RateOverride(Known("GBP"), 0.8500m, Date("2026-11-19"), null));
        book.RemoveOverrides(Known("GBP"));

        book = Reopen();
        var notices = book.Notices;
        book.Forget(notices[0]);

        Assert.Equal(
            [
                """{"source":"ECB","date":"2026-11-19","base":"EUR","rates":{"GBP":"0.9","USD":"1.2"},"changed":{"source":"ECB","first_date":"2026-11-18","last_date":"2026-11-19","days":2}}""",
                """{"source":"ECB","date":"2026-11-19","base":"EUR","rates":{"GBP":"0.85","USD":"1.2"},"changed":{"source":"override","currency":"GBP","rate":"0.85","first_date":"2026-11-19","last_date":null}}""",
                """{"source":"ECB","date":"2026-11-19","base":"EUR","rates":{"GBP":"0.9","USD":"1.2"},"changed":{"source":"override","currency":"GBP","rate":null,"first_date":"2026-11-19","last_date":null}}""",
            ],
            notices.Select(n => Encoding.UTF8.GetString(n.Data)));
        Assert.Equal(notices.Skip(1).Select(n => n.Key), book.Notices.Select(n => n.Key));
        Assert.Equal(3, Reopen().Current.Sequence);
    }

    [Fact]
    public void Notices_WithoutStore_WaitInMemory()
    {
        var book = new RateBook(null, [], _time);
        var told = 0;
        book.Changed += () => told++;
        book.Add([Day("2026-11-20", "USD=1.22", RateOrigin.File)]);

        var notice = Assert.Single(book.Notices);
        book.Forget(notice);

        Assert.Empty(book.Notices);
        Assert.Equal(1, told);
    }

    [Fact]
    public void SetOverride_Reopened_IsStillThere()
    {
        var book = Open([Day("2026-11-20", "USD=1.22")]);
        var tag = book.Current.Tag;
        book.SetOverride(new RateOverride(Known("USD"), 1.5000m, Date("2026-11-01"), Date("2026-11-30")));
        book.SetOverride(new RateOverride(Known("AED"), 4.000000000001m, Date("2026-11-10"), null));

        Assert.NotEqual(tag, book.Current.Tag);
        var reopened = Reopen([Day("2026-11-20", "USD=1.22")]).Current;
        Assert.Equal(book.Current.Overrides, reopened.Overrides);
        Assert.Equal(book.Current.Tag, reopened.Tag);
    }

    [Fact]
    public void SetOverride_SameCurrencyAndStart_ReplacesIt()
    {
        var book = Open();
        book.SetOverride(new RateOverride(Known("USD"), 1.5m, Date("2026-11-01"), null));
        book.SetOverride(new RateOverride(Known("USD"), 1.6m, Date("2026-11-10"), null));
        book.SetOverride(new RateOverride(Known("USD"), 1.7m, Date("2026-11-01"), Date("2026-11-05")));

        Assert.Equal([1.6m, 1.7m], book.Current.Overrides.Select(o => o.Rate));
        Assert.Equal(book.Current.Overrides, Reopen().Current.Overrides);
    }

    [Fact]
    public void RemoveOverrides_Currency_RemovesAllOfItForGood()
    {
        var book = Open();
        book.SetOverride(new RateOverride(Known("USD"), 1.5m, Date("2026-11-01"), null));
        book.SetOverride(new RateOverride(Known("USD"), 1.6m, Date("2026-11-10"), null));
        book.SetOverride(new RateOverride(Known("GBP"), 0.9m, Date("2026-11-01"), null));

        Assert.True(book.RemoveOverrides(Known("USD")));
        Assert.False(book.RemoveOverrides(Known("USD")));
        Assert.Equal(["GBP"], book.Current.Overrides.Select(o => o.Currency.Code));
        Assert.Equal(["GBP"], Reopen().Current.Overrides.Select(o => o.Currency.Code));
    }

    [Fact]
    public void SetOverride_FromManyThreads_LosesNone()
    {
        for (var round = 0; round < 20; round++)
        {
            var book = new RateBook(null, [], _time);
            Parallel.ForEach(
                CurrencyCatalog.All,
                currency => book.SetOverride(new RateOverride(currency, 1.5m, Date("2026-11-01"), null)));

            Assert.Equal(CurrencyCatalog.All.Count, book.Current.Overrides.Count);
        }
    }

    public async ValueTask InitializeAsync() => await TestDatabase.ReadyAsync();

    public ValueTask DisposeAsync()
    {
        _database?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private RateBook Open(params RateDay[] initial)
    {
        _database = TestDatabase.Open(_folder);
        return new RateBook(new RateStore(_database), initial, _time);
    }

    private RateBook Reopen(params RateDay[] initial)
    {
        _database!.Dispose();
        return Open(initial);
    }
}
