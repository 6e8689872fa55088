using System.Text.Json;
using Rondo.Services.Tests.Support;
using Rondo.Services.Tests.Weather.Http;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

/// <summary>Replays the table of lies of docs/services/weather.md: none is shown, and what is wrong is said.</summary>
public sealed class LyingUpstreamTests
{
    private static readonly TimeSpan SourceDeadline = TimeSpan.FromSeconds(1.5);

    // Longer than the window of the circuit: a row must not suffer from the one before.
    private static readonly TimeSpan BetweenRows = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Lies_EveryRowOfTheTable_IsAnsweredAsWritten()
    {
        var time = new ManualTime(TestServer.Friday);
        var lies = new UpstreamLies(time);
        var rows = new ServiceDocument("weather").Table("Lies").ToList();
        await using var upstream = await FakeUpstream.StartAsync();
        await using var server = await WeatherServer.AskingAsync(upstream, time);
        var key = "X-API-Key: " + server.CreateAdminKey();
        var wrong = new List<string>();
        foreach (var (i, row) in rows.Index())
        {
            var seen = await AskAsync(server, upstream, time, lies.ByName[row[0]], $"48.{1400 + i},11.58", key);
            if (seen.Answer != row[1] || !(row[2] == "-" || seen.LastError.Contains(row[2], StringComparison.Ordinal)))
            {
                wrong.Add($"{row[0]}: {seen.Answer}, {seen.LastError}");
            }

            Assert.DoesNotContain(UpstreamLies.Mark, seen.Body);
            time.Advance(BetweenRows);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(lies.ByName.Keys.Order(), rows.Select(r => r[0]).Order());
    }

    [Fact]
    public async Task Days_NullsAndMissingOnesAndAnyOrder_AreMatchedByDate()
    {
        await using var rig = await WeatherRig.StartAsync();
        var document = TestWeather.Days("2026-11-20", 11.2m, 12.8m, 14m)
            .Replace("\"2026-11-20\",\"2026-11-21\",\"2026-11-22\"", "\"2026-11-22\",\"2026-11-19\",\"2026-11-21\"")
            .Replace("[3,3,3]", "[null,3,4]");
        rig.Respond(context => WeatherRig.IsForNow(context)
            ? WeatherRig.Both(10.1m)(context) : WeatherRig.TextAsync(context, document));

        var view = await rig.GetAsync(3);

        Assert.Equal((null, 14m, 11.2m), (view.Day(0), view.Day(1)!.Max, view.Day(2)!.Max));
        Assert.Equal((null, null), (view.Day(1)!.Code, view.Day(2)!.Code));
        Assert.Equal(["today"], view.Missing(3));
    }

    [Fact]
    public async Task Status400_OfOddPlaces_DoesNotTakeTheServerFromTheOthers()
    {
        await using var rig = await WeatherRig.StartAsync();
        rig.Upstream.Answer(400);
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await rig.GetAsync(place: Gazetteer.At(10, i, null))).IsEmpty);
        }

        Assert.Equal(TimeSpan.FromMinutes(5), rig.Weather.RetryAfter(Gazetteer.At(10, 0, null)));
        Assert.Equal(CircuitState.Closed, rig.Status("open-meteo").Circuit);
        rig.Respond(WeatherRig.Both(10.1m, 11.2m, 12.8m));
        Assert.Equal("Today it's 10.1 C in Munich. Tomorrow it's 12.8 C", await rig.SayAsync());
    }

    private static async Task<(string Answer, string LastError, string Body)> AskAsync(
        TestServer server, FakeUpstream upstream, ManualTime time, Func<HttpContext, Task> lie, string place,
        string key)
    {
        var (asked, open) = (0, 0);
        upstream.Answer(async context =>
        {
            Interlocked.Increment(ref asked);
            Interlocked.Increment(ref open);
            await lie(context);
            Interlocked.Decrement(ref open);
        });
        var asking = server.GetAsync("/weather/" + place, key);
        await WeatherRig.UntilAsync(() =>
            asking.IsCompleted || (Volatile.Read(ref asked), Volatile.Read(ref open)) == (2, 2));
        if (lie.Method.Name is "HangAsync" or "DripAsync")
        {
            time.Advance(SourceDeadline);
        }

        var (response, body) = await asking;
        Assert.Equal(2, asked);
        var (_, upstreams) = await server.GetAsync("/weather/upstreams", key);
        using var status = JsonDocument.Parse(upstreams);
        var error = status.RootElement.GetProperty("upstreams")[0].GetProperty("last_error").GetString() ?? "";
        using var json = JsonDocument.Parse(body);
        if ((int)response.StatusCode != 200)
        {
            Assert.NotNull(response.Headers.RetryAfter);
            var problem = json.RootElement.GetProperty("type").GetString()!["/problems/".Length..];
            return ($"{(int)response.StatusCode} {problem}", error, body);
        }

        var missing = json.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetString()).ToList();
        return (missing.Count == 0 ? "200" : "200 without " + string.Join(", ", missing), error, body);
    }
}
