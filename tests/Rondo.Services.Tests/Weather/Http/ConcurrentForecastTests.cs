using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

/// <summary>
/// Many requests at once to the real server, which asks one that takes its time; the clock is the test's.
/// </summary>
public sealed class ConcurrentForecastTests
{
    private const string Good = "Today it's 10.1 C in Munich. Tomorrow it's 12.8 C";
    private const int Requests = 1000;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    // Of the whole request; each that waits has a timer for it.
    private static readonly DateTimeOffset Deadline = TestServer.Friday.AddSeconds(3);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Forecast_ThousandAtOnceAndRandomDelays_NoneIsSwappedAndTwoCallsAreMade(int seed)
    {
        var time = new ManualTime(TestServer.Friday);
        var random = new Random(seed);
        var delays = new[] { 0, 0 }.Select(_ => TimeSpan.FromMilliseconds(random.Next(1, 1400))).ToArray();
        var asked = 0;
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(async context =>
        {
            await Task.Delay(delays[Interlocked.Increment(ref asked) - 1], time, context.RequestAborted);
            await WeatherRig.Both(10.1m, 11.2m, 12.8m)(context);
        });
        await using var server = await WeatherServer.AskingAsync(upstream, time);

        var asking = Enumerable.Range(0, Requests).Select(_ => server.GetAsync("/forecast")).ToList();
        await WeatherRig.UntilAsync(() =>
            delays.All(d => time.Due.Contains(TestServer.Friday + d))
            && time.Due.Count(d => d == Deadline) >= Requests);
        foreach (var delay in delays.Order())
        {
            time.AdvanceTo(TestServer.Friday + delay);
        }

        var answers = await Task.WhenAll(asking).WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.Equal([(200, Good)], answers.Select(a => ((int)a.Response.StatusCode, a.Body)).Distinct());
        Assert.All(answers, a => Assert.False(a.Response.Headers.Contains("X-Rondo-Quality")));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Forecast_UpstreamOfOneSecond_TakesOneSecondNotTwo()
    {
        var time = new ManualTime(TestServer.Friday);
        var due = TestServer.Friday.AddSeconds(1);
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(async context =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, context.RequestAborted);
            await WeatherRig.Both(10.1m, 11.2m, 12.8m)(context);
        });
        await using var server = await WeatherServer.AskingAsync(upstream, time);

        var asking = server.GetAsync("/forecast");

        // Both calls are on their way before either has an answer, or this would wait for ever.
        await WeatherRig.UntilAsync(() => time.Due.Count(d => d == due) == 2);
        time.AdvanceTo(due - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        time.AdvanceTo(due);
        var (_, body) = await asking.WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.Equal(Good, body);
        Assert.InRange((time.GetUtcNow() - TestServer.Friday).TotalSeconds, 1.0, 1.4);
    }
}
