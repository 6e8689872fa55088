using System.Diagnostics;

namespace Rondo.Examples.Tests;

/// <summary>What the talks promise of their servers; about real time: each request waits for a second.</summary>
public sealed class ServerTests
{
    [Theory]
    [InlineData("server")]
    [InlineData("server_async")]
    public async Task Server_ThatBlocks_TakesASecondForEach(string name)
    {
        var took = await AskAsync(name, requests: 3);

        // A thread may wake a moment early, by the clock of another.
        Assert.True(took > TimeSpan.FromSeconds(2.9), $"3 requests took {took.TotalSeconds} s.");
    }

    /// <summary>Nine seconds are left for a busy machine.</summary>
    [Theory]
    [InlineData("server_threads")]
    [InlineData("server_async2")]
    [InlineData("server_async2_executor")]
    [InlineData("server_async2_executor_process")]
    [InlineData("server_async2_process")]
    public async Task Server_ThatDoesNot_ServesAllTogether(string name)
    {
        var took = await AskAsync(name, requests: 10);

        Assert.InRange(took, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(9.9));
    }

    /// <summary>The original took the answers from a set, in any order: 7 of 16 were swapped.</summary>
    [Fact]
    public async Task Weather_ManyForecasts_NoneIsSwapped()
    {
        await using var servers = await RunningServers.StartAsync(Example.Find("weather"));
        using var client = new HttpClient();

        var forecasts = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => client.GetStringAsync(
            servers.Address + "forecast", TestContext.Current.CancellationToken)));

        Assert.All(forecasts, text => Assert.Equal("Today it's 10.1 C in Munich. Tomorrow it's 12.8 C", text));
    }

    private static async Task<TimeSpan> AskAsync(string name, int requests)
    {
        await using var servers = await RunningServers.StartAsync(Example.Find(name));
        using var client = new HttpClient();
        var started = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => client.GetStringAsync(
            servers.Address, TestContext.Current.CancellationToken)));

        Assert.All(answers, answer => Assert.Equal("Howdy!\r\n", answer));
        return Stopwatch.GetElapsedTime(started);
    }
}
