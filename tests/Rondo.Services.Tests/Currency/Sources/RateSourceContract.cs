using Rondo.Services.Currency;
using Rondo.Services.Currency.Sources;
using Rondo.Services.Tests.Support;
using static Rondo.Services.Tests.Support.TestDocuments;

namespace Rondo.Services.Tests.Currency.Sources;

/// <summary>What every source of rates keeps to; a class per source runs it.</summary>
public abstract class RateSourceContract : IAsyncLifetime
{
    private protected static readonly TimeSpan Guard = TimeSpan.FromSeconds(20);

    private protected ManualTime Time { get; } = new(new DateTimeOffset(2026, 11, 20, 18, 0, 0, TimeSpan.Zero));

    private protected abstract IRateSource Source { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Fetch_Document_BringsItsDayUnderItsOrigin()
    {
        await ProvideAsync(Document("2026-11-20", "1.22"));

        var day = Assert.Single(await FetchAsync());

        Assert.Equal(
            (TestRates.Date("2026-11-20"), Source.Origin, "USD=1.22"), (day.Date, day.Origin, TestRates.Text(day)));
    }

    [Fact]
    public async Task Fetch_NothingChanged_BringsNothing()
    {
        await ProvideAsync(Document("2026-11-20", "1.22"));
        await FetchAsync();

        Assert.Empty(await FetchAsync());
        Assert.Empty(await FetchAsync());
    }

    [Fact]
    public async Task Fetch_NewDocument_BringsItsDay()
    {
        await ProvideAsync(Document("2026-11-19", "1.2"));
        await FetchAsync();
        await ProvideAsync(Document("2026-11-20", "1.22"));

        Assert.Equal("USD=1.22", TestRates.Text(Assert.Single(await FetchAsync())));
    }

    [Fact]
    public async Task Fetch_BrokenDocument_IsRefusedEachTimeUntilItIsMended()
    {
        await ProvideAsync(Document("2026-11-20", "-1.22"));

        await RefusedAsync();
        await RefusedAsync();
        await ProvideAsync(Document("2026-11-20", "1.22"));

        Assert.Single(await FetchAsync());
    }

    [Fact]
    public async Task Fetch_BrokenDocumentAfterAGoodOne_DoesNotCountAsSeen()
    {
        await ProvideAsync(Document("2026-11-19", "1.2"));
        await FetchAsync();
        await ProvideAsync(Document("2026-11-20", "x"));
        await RefusedAsync();

        await RefusedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body>Back soon</body></html>")]
    [InlineData("<html><body>Hello</body></html>")]
    [InlineData("Not found")]
    [InlineData("{\"success\":false,\"error\":{\"code\":104,\"info\":\"limit reached\"}}")]
    [InlineData("PK\u0003\u0004 and then nothing")]
    public async Task Fetch_DocumentThatIsNone_IsRefused(string document)
    {
        await ProvideAsync(Utf8(document));

        await RefusedAsync();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0.1")]
    [InlineData("1,22")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999999999999999")]
    public async Task Fetch_ImpossibleRate_IsRefused(string rate)
    {
        await ProvideAsync(Document("2026-11-20", rate));

        await RefusedAsync();
    }

    [Theory]
    [InlineData("2026-11-23")]
    [InlineData("2099-01-01")]
    public async Task Fetch_DateFarInTheFuture_IsRefused(string date)
    {
        await ProvideAsync(Document(date, "9.99"));

        await RefusedAsync();
    }

    [Fact]
    public async Task Fetch_Cancelled_EndsAsCancelled()
    {
        await ProvideAsync(Document("2026-11-20", "1.22"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Source.FetchAsync(null, new CancellationToken(canceled: true))
                .WaitAsync(Guard, TestContext.Current.CancellationToken));
    }

    /// <summary>Makes the source hold this document from now on.</summary>
    private protected abstract Task ProvideAsync(byte[] document);

    /// <summary>A document in the source's form with one rate of the dollar.</summary>
    private protected abstract byte[] Document(string date, string rate);

    private protected async Task<IReadOnlyList<RateDay>> FetchAsync(DateOnly? held = null) =>
        await Source.FetchAsync(held, TestContext.Current.CancellationToken)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

    private protected Task<RateFormatException> RefusedAsync() =>
        Assert.ThrowsAsync<RateFormatException>(() => FetchAsync());
}
