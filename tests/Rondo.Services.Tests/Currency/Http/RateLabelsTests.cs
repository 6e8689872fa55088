using System.Globalization;
using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Currency.Http;

public sealed class RateLabelsTests
{
    private const string Rates = "Date,USD\n2026-11-20,1.22\n2026-11-19,1.21\n";

    // Friday 16:00 in Brussels.
    private static readonly DateTimeOffset Published = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/convert/USD/1")]
    [InlineData("/currency/convert?to=USD")]
    [InlineData("/currency/rates")]
    [InlineData("/currency/currencies")]
    [InlineData("/v1/latest")]
    [InlineData("/v1/currencies")]
    [InlineData("/v2/rates")]
    [InlineData("/v2/rate/EUR/USD")]
    public async Task Answers_AboutTheLatest_SayWhereFromAndHowOld(string path)
    {
        await using var server = await TestServer.StartAsync(Rates, new ManualTime(Published.AddHours(2)));

        var (response, _) = await server.GetAsync(path);

        Assert.Equal("file", Label(response, "X-Rondo-Source"));
        Assert.Equal("2026-11-20", Label(response, "X-Rondo-Date"));
        Assert.Equal("7200", Label(response, "Age"));
        Assert.Null(Label(response, "X-Rondo-Quality"));
        Assert.Contains("no-cache", Label(response, "Cache-Control"));
    }

    [Theory]
    [InlineData("/convert/USD/1?date=2026-11-19")]
    [InlineData("/currency/rates?date=2026-11-19")]
    [InlineData("/currency/rates?from=2026-11-19&to=2026-11-19")]
    [InlineData("/v1/2026-11-19")]
    [InlineData("/v1/2026-11-19..2026-11-19")]
    [InlineData("/v2/rate/EUR/USD?date=2026-11-19")]
    public async Task Answers_AboutThePast_DoNotAgeAndKeepForADay(string path)
    {
        await using var server = await TestServer.StartAsync(Rates, new ManualTime(Published.AddDays(30)));

        var (response, _) = await server.GetAsync(path);

        Assert.Equal("2026-11-19", Label(response, "X-Rondo-Date"));
        Assert.Null(Label(response, "Age"));
        Assert.Null(Label(response, "X-Rondo-Quality"));
        Assert.Contains("max-age=86400", Label(response, "Cache-Control"));
    }

    [Fact]
    public async Task Quality_NextPublicationTwoHoursOverdue_IsStale()
    {
        // The rates of Friday hold until Monday's are two hours late.
        var time = new ManualTime(Published.AddDays(3).AddHours(2).AddSeconds(-1));
        await using var server = await TestServer.StartAsync(Rates, time);

        var (fresh, freshText) = await server.GetAsync("/currency/convert?to=USD");
        time.Advance(TimeSpan.FromSeconds(1));
        var (stale, staleText) = await server.GetAsync("/currency/convert?to=USD");
        var (again, _) = await server.GetAsync("/currency/convert?to=USD", "If-None-Match: " + fresh.Headers.ETag);

        Assert.Null(Label(fresh, "X-Rondo-Quality"));
        Assert.Contains("\"stale\":false", freshText);
        Assert.Equal("stale", Label(stale, "X-Rondo-Quality"));
        Assert.Contains("\"stale\":true", staleText);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("/convert/USD/1")]
    [InlineData("/currency/rates?from=2026-11-19")]
    [InlineData("/currency/rates?format=csv")]
    [InlineData("/v1/latest")]
    [InlineData("/v2/rates")]
    [InlineData("/v2/rate/EUR/USD")]
    public async Task ETag_SentBack_Is304WithoutBody(string path)
    {
        await using var server = await TestServer.StartAsync(Rates, new ManualTime(Published));

        var (first, _) = await server.GetAsync(path);
        var (second, body) = await server.GetAsync(path, $"If-None-Match: \"other\", {first.Headers.ETag}");
        var (other, _) = await server.GetAsync(path, "If-None-Match: \"other\"");

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(body);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task ETag_OtherRatesAfterARestart_IsAnother()
    {
        await using var before = await TestServer.StartAsync("Date,USD\n2026-11-20,1.22\n", new ManualTime(Published));
        await using var same = await TestServer.StartAsync("Date,USD\n2026-11-20,1.22\n", new ManualTime(Published));
        await using var after = await TestServer.StartAsync("Date,USD\n2026-11-20,1.23\n", new ManualTime(Published));

        var (first, _) = await before.GetAsync("/convert/USD/1");

        Assert.Equal(first.Headers.ETag, (await same.GetAsync("/convert/USD/1")).Response.Headers.ETag);
        Assert.NotEqual(first.Headers.ETag, (await after.GetAsync("/convert/USD/1")).Response.Headers.ETag);
    }

    [Fact]
    public async Task ETag_FilledRangeOnTheNextDay_IsAnother()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 10, 2, 18, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(time: time);

        var (friday, _) = await server.GetAsync("/currency/rates?from=2026-09-29&fill=previous");
        time.Advance(TimeSpan.FromDays(1));
        var (saturday, body) = await server.GetAsync(
            "/currency/rates?from=2026-09-29&fill=previous", "If-None-Match: " + friday.Headers.ETag);

        Assert.Equal(HttpStatusCode.OK, saturday.StatusCode);
        Assert.Contains("2026-10-03", body);
    }

    [Fact]
    public async Task Age_ClockMovesOn_CountsSeconds()
    {
        var published = new DateTimeOffset(2026, 9, 29, 14, 0, 0, TimeSpan.Zero);
        var time = new ManualTime(published);
        await using var server = await TestServer.StartAsync(time: time);
        foreach (var seconds in new[] { 0, 1, 59, 3600 })
        {
            time.AdvanceTo(published.AddSeconds(seconds));

            Assert.Equal(
                seconds.ToString(CultureInfo.InvariantCulture),
                Label((await server.GetAsync("/v1/latest")).Response, "Age"));
        }
    }

    private static string? Label(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
