using System.Globalization;
using Rondo.Services.Currency;

namespace Rondo.Services.Tests.Currency;

public sealed class TargetCalendarTests
{
    [Theory]
    [InlineData("2025-04-18")]
    [InlineData("2025-04-21")]
    [InlineData("2026-04-03")]
    [InlineData("2026-04-06")]
    [InlineData("2027-03-26")]
    [InlineData("2027-03-29")]
    [InlineData("2026-01-01")]
    [InlineData("2026-05-01")]
    [InlineData("2026-12-25")]
    [InlineData("2025-12-26")]
    [InlineData("2026-11-21")]
    [InlineData("2026-11-22")]
    public void IsWorkingDay_ClosingDay_IsFalse(string date) =>
        Assert.False(TargetCalendar.IsWorkingDay(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2025-04-17")]
    [InlineData("2025-04-22")]
    [InlineData("2026-04-02")]
    [InlineData("2026-04-07")]
    [InlineData("2027-03-25")]
    [InlineData("2027-03-30")]
    [InlineData("2026-01-02")]
    [InlineData("2026-11-20")]
    [InlineData("2026-12-24")]
    [InlineData("2026-12-31")]
    public void IsWorkingDay_AnyOtherDay_IsTrue(string date) =>
        Assert.True(TargetCalendar.IsWorkingDay(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2026-11-20", "2026-11-20T15:00:00Z")]
    [InlineData("2026-07-01", "2026-07-01T14:00:00Z")]
    [InlineData("2026-03-27", "2026-03-27T15:00:00Z")]
    [InlineData("2026-03-30", "2026-03-30T14:00:00Z")]
    [InlineData("2026-10-23", "2026-10-23T14:00:00Z")]
    [InlineData("2026-10-26", "2026-10-26T15:00:00Z")]
    public void PublicationOf_WorkingDay_IsFourOClockInFrankfurt(string date, string expected) =>
        Assert.Equal(Utc(expected), TargetCalendar.PublicationOf(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2026-11-20T14:59:59Z", "2026-11-20T15:00:00Z")]
    [InlineData("2026-11-20T15:00:00Z", "2026-11-23T15:00:00Z")]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-23T15:00:00Z")]
    [InlineData("2026-11-22T23:59:59Z", "2026-11-23T15:00:00Z")]
    [InlineData("2026-04-02T14:00:00Z", "2026-04-07T14:00:00Z")]
    [InlineData("2026-12-24T15:00:01Z", "2026-12-28T15:00:00Z")]
    [InlineData("2026-12-31T16:00:00Z", "2027-01-04T15:00:00Z")]
    public void NextPublication_AnyMoment_IsTheFirstAfterIt(string now, string expected) =>
        Assert.Equal(Utc(expected), TargetCalendar.NextPublication(Utc(now)));

    [Theory]
    [InlineData("2026-11-20T14:59:59Z", "2026-11-19")]
    [InlineData("2026-11-20T15:00:00Z", "2026-11-20")]
    [InlineData("2026-11-22T12:00:00Z", "2026-11-20")]
    [InlineData("2026-11-23T14:00:00Z", "2026-11-20")]
    [InlineData("2026-04-07T13:59:00Z", "2026-04-02")]
    public void LastPublished_AnyMoment_IsTheLastDayThatFellDue(string now, string expected) =>
        Assert.Equal(DateOnly.Parse(expected), TargetCalendar.LastPublished(Utc(now)));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
