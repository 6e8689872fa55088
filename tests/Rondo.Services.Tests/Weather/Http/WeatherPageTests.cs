using System.Net;
using System.Text;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

/// <summary>What browsers get, and what language and form the others choose.</summary>
public sealed class WeatherPageTests
{
    private const string Browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private const string Station = """
        {"places":[{"latitude":1,"longitude":1,"observed_at":"2026-11-20T17:30:00Z","now":{"temperature":7.5}}]}
        """;

    [Fact]
    public async Task Weather_Browser_GetsAPageThatSaysItsOriginAndRunsNothing()
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, body) = await server.GetAsync("/weather/Munich", Browser, Key(server));

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = WebUtility.HtmlDecode(body).Replace('\u00a0', ' ');
        Assert.Contains("<h1><bdi>Munich, Germany</bdi></h1>", body);
        Assert.Contains("Light rain, +10 °C, feels like +8 °C", text);
        Assert.Contains("<b class=\"stale\">fixture</b>, invented for trying things out, 0 min old.", body);
        Assert.Matches("<dt>Tomorrow</dt>\\s*<dd>\\+13 °C<small>\\+4 °C · Partly cloudy · 20 % rain</small>", text);
        Assert.Contains("href=\"/weather/Munich?format=json\"", body);
        Assert.DoesNotContain("<script", body);
        Assert.StartsWith("default-src 'none';", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("fixture", response.Headers.GetValues("X-Rondo-Source").Single());
        Assert.Equal(["Accept", "Accept-Language"], response.Headers.Vary.Order());
    }

    [Fact]
    public async Task Weather_BrowserWithoutAKey_IsSentToLogInAndBack()
    {
        await using var server = await WeatherServer.FixtureAsync();
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("Accept", Browser[8..]);

        var response = await client.GetAsync("/weather/S%C3%A3o%20Paulo?days=3", TestContext.Current.CancellationToken);
        var list = await client.GetAsync("/weather/places", TestContext.Current.CancellationToken);

        Assert.Equal(303, (int)response.StatusCode);
        Assert.Equal(
            "/login?next=%2Fweather%2FS%25C3%25A3o%2520Paulo%3Fdays%3D3", response.Headers.Location!.OriginalString);
        Assert.Equal("Accept", response.Headers.Vary.Single());
        Assert.Equal(401, (int)list.StatusCode);
    }

    [Fact]
    public async Task Weather_NameFullOfMarkup_IsShownAsText()
    {
        const string name = "<script>alert(1)</script>\" onload=\"x";
        using var folder = new TestFolder();
        await using var server = await WeatherServer.FileAsync(Station, folder);
        var key = Key(server);
        var body = JsonSerializer.Serialize(new { name, latitude = 1, longitude = 1 });
        await server.SendAsync(
            "PUT", "/weather/places/home", new StringContent(body, Encoding.UTF8, "application/json"), key);

        var (_, page) = await server.GetAsync("/weather/home", Browser, key);

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x", page);
        Assert.DoesNotContain("<script", page);
        Assert.Contains("<b class=\"stale\">partial</b>: no data for today, tomorrow.", page);
    }

    [Theory]
    [InlineData("/weather/Muinch", 404, "<a href=\"/weather/Munich%2C%20Germany\">Munich, Germany</a>")]
    [InlineData("/weather/Springfield", 404, "href=\"/weather/Springfield%2C%20Ohio%2C%20United%20States\"")]
    [InlineData("/weather/%3Cscript%3E", 400, "&#39;&lt;script&gt;&#39; is no place")]
    [InlineData("/weather?place=%3Cscript%3E", 400, "&#39;&lt;script&gt;&#39; is no place")]
    [InlineData("/weather/Berlin", 503, "There is no weather of Berlin, Germany at present")]
    [InlineData("/weather?days=9", 400, "&#39;days&#39; is a number from 1 to 7")]
    public async Task Weather_BrowserAndNoWeather_IsAPageWithTheStatus(string path, int status, string expected)
    {
        using var folder = new TestFolder();
        await using var server = await WeatherServer.FileAsync(Station, folder);

        var (response, body) = await server.GetAsync(path, Browser, Key(server));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(expected, body);
        Assert.DoesNotContain("<script", body);
        Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
        Assert.Equal(["Accept", "Accept-Language"], response.Headers.Vary.Order());
    }

    [Fact]
    public async Task Suggestions_AreAListOfPlacesThatThereAre()
    {
        using var folder = new TestFolder();
        await using var server = await WeatherServer.FileAsync(Station, folder);
        var key = Key(server);

        var (_, body) = await server.GetAsync("/weather/Springfield", key);
        using var problem = JsonDocument.Parse(body);
        var names = problem.RootElement.GetProperty("suggestions").EnumerateArray()
            .Select(s => s.GetString()!).ToList();
        var (_, none) = await server.GetAsync("/weather/Xyzzyxyzzy", key);

        Assert.InRange(names.Count, 2, 5);
        Assert.All(names, n => Assert.NotNull(Services.Weather.Gazetteer.Resolve(n).Place));
        Assert.Contains("\"suggestions\":[]", none);
    }

    [Theory]
    [InlineData(null, "", "en", "Light rain")]
    [InlineData("de", "", "de", "Leichter Regen")]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "", "de", "Leichter Regen")]
    [InlineData("fr, en;q=0.5, de;q=0.4", "", "en", "Light rain")]
    [InlineData("fr, de;q=0.4", "", "de", "Leichter Regen")]
    [InlineData("en;q=0, *", "", "de", "Leichter Regen")]
    [InlineData("*", "", "en", "Light rain")]
    [InlineData("de;q=x", "", "en", "Light rain")]
    [InlineData("de", "&lang=en", "en", "Light rain")]
    [InlineData("en", "&lang=de", "de", "Leichter Regen")]
    public async Task Language_OfTheClient_IsSpokenUnlessOneIsNamed(
        string? accepted, string query, string expected, string words)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, body) = await server.GetAsync(
            "/weather?days=1" + query,
            [Key(server), .. accepted is null ? [] : new[] { "Accept-Language: " + accepted }]);

        Assert.Equal(expected, response.Content.Headers.ContentLanguage.Single());
        Assert.Contains($"\"text\":\"{words}\"", body);
        Assert.Equal(["Accept", "Accept-Language"], response.Headers.Vary.Order());
    }

    [Fact]
    public async Task Place_AsAParameter_IsTheSameAsInThePath()
    {
        await using var server = await WeatherServer.FixtureAsync();
        var key = Key(server);

        var (_, byPath) = await server.GetAsync("/weather/Munich?format=3", key);
        var (_, byParameter) = await server.GetAsync("/weather?place=Munich&format=3", key);
        var (twice, _) = await server.GetAsync("/weather/Munich?place=Munich", key);

        Assert.Equal(byPath, byParameter);
        Assert.Equal(400, (int)twice.StatusCode);
    }

    [Theory]
    [InlineData("/today")]
    [InlineData("/forecast")]
    [InlineData("/workshop/weather/today")]
    public async Task Seed_HasOneFormForAll_SoItDoesNotVary(string path)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, _) = await server.GetAsync(path, Browser);

        Assert.Empty(response.Headers.Vary);
        Assert.NotEqual("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task License_OfTheSource_IsShownAlsoWhereTheTextHasNoRoomForIt()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(WeatherRig.Both(10.1m, 11.2m, 12.8m).Invoke);
        await using var server = await WeatherServer.AskingAsync(upstream, new ManualTime(TestServer.Friday));
        var (line, _) = await server.GetAsync("/forecast");
        var (_, page) = await server.GetAsync("/weather", Browser, Key(server));
        await using var invented = await WeatherServer.FixtureAsync();
        var (fixture, _) = await invented.GetAsync("/forecast");

        Assert.Equal(
            "<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"; "
                + "title=\"Weather data by Open-Meteo.com (CC BY 4.0)\"",
            line.Headers.GetValues("Link").Single());
        Assert.Contains(
            "<a href=\"https://open-meteo.com/\">Weather data by Open-Meteo.com (CC BY 4.0)</a>", page);
        Assert.False(fixture.Headers.Contains("Link"));
    }

    private static string Key(TestServer server) => "X-API-Key: " + server.CreateAdminKey();
}
