using System.Net;
using Rondo.Services.Auth;
using Rondo.Services.Gateway;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Retries, times and limits of routes, with a clock that a test moves.</summary>
public sealed class CountingTests
{
    private readonly ManualTime _time = new(TestServer.Friday);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(15, 3)]
    [InlineData(100, 20)]
    public void Budget_OfRequests_IsAFifthAndAFew(int requests, int expected)
    {
        var budget = new RetryBudget(_time);
        for (var i = 0; i < requests; i++)
        {
            budget.Count(_time.GetTimestamp());
        }

        Assert.Equal(expected, Enumerable.Range(0, 100).Count(_ => budget.TryTake()));
        _time.Advance(TimeSpan.FromSeconds(10));
        budget.Count(_time.GetTimestamp());
        Assert.True(budget.HasLeft);
    }

    [Fact]
    public void Percentiles_OfTheLastHalfMinutes_AreAtMostAQuarterTooHigh()
    {
        var window = new LatencyWindow(_time);
        Assert.Null(window.Percentile(0.5));
        for (var i = 1; i <= 100; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i), _time.GetTimestamp());
        }

        Assert.InRange(window.Percentile(0.5)!.Value.TotalMilliseconds, 50, 62.5);
        Assert.InRange(window.Percentile(0.95)!.Value.TotalMilliseconds, 95, 119);
        _time.Advance(TimeSpan.FromSeconds(30));
        window.Add(TimeSpan.FromSeconds(5), _time.GetTimestamp());
        Assert.InRange(window.Percentile(0.5)!.Value.TotalMilliseconds, 50, 62.5);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(window.Percentile(0.5));
    }

    [Fact]
    public void Limit_ByKey_HoldsForEachAndComesBack()
    {
        var limiter = Limiter(LimitSubject.Key);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => Takes(limiter, "a", null)));
        Assert.True(Takes(limiter, "b", null));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(Takes(limiter, "a", null));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", false)]
    [InlineData("10.0.0.1", "10.0.0.2", true)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", false)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    public void Limit_ByAddress_HoldsForAnAddressOrANetworkOfIPv6(string one, string other, bool expected)
    {
        var limiter = Limiter(LimitSubject.Address);
        while (Takes(limiter, null, one))
        {
        }

        Assert.Equal(expected, Takes(limiter, null, other));
    }

    [Fact]
    public void Limit_OnTrial_CountsNothing()
    {
        var limiter = Limiter(LimitSubject.Route);

        Assert.All(
            Enumerable.Range(0, 9), _ => Assert.Equal(TimeSpan.Zero, limiter.Take(null, null, isTrial: true).Wait));
    }

    private static bool Takes(RouteLimiter limiter, string? key, string? address) =>
        limiter.Take(key, address is null ? null : IPAddress.Parse(address), false).Wait == TimeSpan.Zero;

    private RouteLimiter Limiter(LimitSubject by) =>
        new(new RouteLimit(new KeyRate(2, TimeSpan.FromSeconds(1)), 3, by), _time);
}
