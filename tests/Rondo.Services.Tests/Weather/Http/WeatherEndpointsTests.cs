using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

public sealed class WeatherEndpointsTests
{
    [Theory]
    [InlineData("/weather")]
    [InlineData("/weather/Munich")]
    [InlineData("/weather/Munich/stream")]
    [InlineData("/weather/places")]
    [InlineData("/weather/upstreams")]
    public async Task Weather_WithoutAKey_Is401(string path)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains("'weather:read'", body);
    }

    [Theory]
    [InlineData("/today", "Today it's 10.1 C in Munich")]
    [InlineData("/tomorrow", "Tomorrow it's 12.8 C in Munich")]
    [InlineData("/forecast", "Today it's 10.1 C in Munich. Tomorrow it's 12.8 C")]
    public async Task Seed_WithoutSettings_IsTheTalksTextWithTheLabelOfTheFixture(string path, string expected)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal(("text/plain; charset=utf-8", expected), (response.Content.Headers.ContentType!.ToString(), body));
        Assert.Equal("fixture", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal("fixture", response.Headers.GetValues("X-Rondo-Quality").Single());
        Assert.Equal("2026-11-20", response.Headers.GetValues("X-Rondo-Date").Single());
        var (again, _) = await server.GetAsync(path, "If-None-Match: " + response.Headers.ETag);
        Assert.Equal(304, (int)again.StatusCode);
    }

    [Fact]
    public async Task Seed_NothingFromAnySource_Is503WithATimeToComeAgain()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(500);
        await using var server = await WeatherServer.AskingAsync(upstream, new ManualTime(TestServer.Friday));
        foreach (var path in new[] { "/today", "/tomorrow", "/forecast", "/workshop/weather/today" })
        {
            var (response, body) = await server.GetAsync(path);

            Assert.Equal(503, (int)response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter!.Delta);
            Assert.Contains("/problems/no-data", body);
        }
    }

    [Fact]
    public async Task Seed_HalfOfTheAnswersMissing_SaysSo()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context => WeatherRig.IsForNow(context) ? WeatherRig.Both(10.1m)(context) : Refuse(context));
        await using var server = await WeatherServer.AskingAsync(upstream, new ManualTime(TestServer.Friday));

        var (response, body) = await server.GetAsync("/forecast");
        var (tomorrow, _) = await server.GetAsync("/tomorrow");
        var (workshop, day) = await server.GetAsync("/workshop/weather/today");

        Assert.Equal("Today it's 10.1 C in Munich. Tomorrow: no data", body);
        Assert.Equal("partial", response.Headers.GetValues("X-Rondo-Quality").Single());
        Assert.Equal("open-meteo", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal((503, 200), ((int)tomorrow.StatusCode, (int)workshop.StatusCode));
        Assert.Equal("""{"city":"Munich","country":"Germany","temperature":"10.1 C","rain_probability":null}""", day);

        static Task Refuse(HttpContext context)
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("", "*/*", "application/json")]
    [InlineData("", "text/plain", "text/plain; charset=utf-8")]
    [InlineData("", "text/csv", "text/csv; charset=utf-8")]
    [InlineData("?format=ansi", "*/*", "text/plain; charset=utf-8")]
    [InlineData("?format=csv", "*/*", "text/csv; charset=utf-8")]
    [InlineData("?format=p1", "*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("?format=3", "*/*", "text/plain; charset=utf-8")]
    public async Task Weather_EveryFormat_AgreesOnTheTemperatureAndTheLabels(string query, string accept, string type)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, body) = await server.GetAsync(
            "/weather/Munich" + query, "Accept: " + accept, "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Matches(@"\+10|10\.1", body);
        Assert.Equal("fixture", response.Headers.GetValues("X-Rondo-Quality").Single());
        Assert.Equal(query.Contains("ansi"), body.Contains('\e'));
    }

    [Fact]
    public async Task Weather_UpstreamOfAnotherCity_Is503NeverThatCity()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context => WeatherRig.TextAsync(context, TestWeather.Current(latitude: "52.5", longitude: "13.4")));
        await using var server = await WeatherServer.AskingAsync(upstream, new ManualTime(TestServer.Friday));

        var (response, body) = await server.GetAsync("/weather/Munich", "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(503, (int)response.StatusCode);
        Assert.DoesNotContain("10.1", body);
    }

    [Fact]
    public async Task Upstreams_AfterACall_TellCircuitBudgetAndLastError()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(500);
        await using var server = await WeatherServer.AskingAsync(upstream, new ManualTime(TestServer.Friday));
        await server.GetAsync("/forecast");

        var (_, body) = await server.GetAsync("/weather/upstreams", "X-API-Key: " + server.CreateAdminKey());
        using var json = JsonDocument.Parse(body);
        var sources = json.RootElement.GetProperty("upstreams").EnumerateArray().ToList();
        var first = sources[0];

        Assert.Equal(["open-meteo", "met.no", "file", "fixture"], sources.Select(s => s.GetProperty("name").GetString()!));
        Assert.Equal([true, false, false, false], sources.Select(s => s.GetProperty("asked").GetBoolean()));
        Assert.Equal("closed", first.GetProperty("circuit").GetString());
        Assert.Equal(2, first.GetProperty("budget").GetProperty("used").GetInt32());
        Assert.Equal(4998, first.GetProperty("budget").GetProperty("left").GetInt32());
        Assert.Contains("answered 500", first.GetProperty("last_error").GetString());
    }

    [Fact]
    public async Task Metrics_OfTheWeather_AreThere()
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (_, body) = await server.GetAsync("/metrics");

        Assert.Contains("rondo_weather_upstream_calls_left{source=\"open-meteo\"} 5000", body);
    }

    [Theory]
    [InlineData("""{"Place":"Atlantis"}""", "Weather: Place 'Atlantis': There is no such place in the list here.")]
    [InlineData("""{"Place":"Springfield"}""", "Several places have that name")]
    [InlineData("""{"File":"x.json"}""", "File needs Place")]
    [InlineData("""{"Place":"Munich","MetNoContact":"me\r\nHost: x"}""", "MetNoContact")]
    [InlineData("""{"Place":"Munich","OpenMeteoAddress":"ftp://x"}""", "OpenMeteoAddress 'ftp://x'")]
    [InlineData("""{"Deadline":"00:00:01"}""", "SourceDeadline 00:00:01.5000000 is not between")]
    [InlineData("""{"DailyCalls":-1}""", "DailyCalls -1")]
    [InlineData("""{"Town":"Munich"}""", "there is no setting 'Town'")]
    public async Task Settings_ThatAreWrong_RefuseTheStart(string weather, string expected)
    {
        var refused = await Assert.ThrowsAsync<Services.Hosting.StartException>(
            () => TestServer.StartAsync(settings: $$"""{"Weather":{{weather}}}"""));

        Assert.Contains(expected, refused.Message);
    }
}
