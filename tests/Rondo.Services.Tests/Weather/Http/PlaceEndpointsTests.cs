using System.Text;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

public sealed class PlaceEndpointsTests
{
    private const string Station = """
        {"places":[{"name":"Munich","latitude":48.1371,"longitude":11.5754,"observed_at":"2026-11-20T17:30:00Z",
         "now":{"temperature":7.5},"days":[{"date":"2026-11-20","min":2,"max":9},{"date":"2026-11-21","min":1,"max":6.5}]}]}
        """;

    [Fact]
    public async Task Place_Saved_IsServedUnderItsNameAlsoAfterARestart()
    {
        using var folder = new TestFolder();
        string key;
        await using (var server = await WeatherServer.FileAsync(Station, folder))
        {
            key = "X-API-Key: " + server.CreateAdminKey();
            var (saved, body) = await PutAsync(
                server, "home", """{"name":"At home","latitude":48.1373,"longitude":11.576,"timezone":"Europe/Berlin"}""", key);
            Assert.Equal(200, (int)saved.StatusCode);
            Assert.Equal(
                """{"id":"home","name":"At home","region":null,"country":null,"latitude":48.1373,"longitude":11.576,"timezone":"Europe/Berlin","saved":true}""",
                body);
        }

        await using var again = await WeatherServer.FileAsync(Station, folder);
        var (_, line) = await again.GetAsync("/weather/home?format=3", key);
        var (_, list) = await again.GetAsync("/weather/places", key);
        var (_, found) = await again.GetAsync("/weather/places?q=at%20h", key);
        var (deleted, _) = await again.SendAsync("DELETE", "/weather/places/home", null, key);
        var (gone, _) = await again.GetAsync("/weather/home", key);

        Assert.Equal("At home: ? +8°C\n", line);
        Assert.Matches("\"id\":\"munich-de\".*\"id\":\"home\"", list);
        Assert.Contains("\"id\":\"home\"", found);
        Assert.Equal((204, 404), ((int)deleted.StatusCode, (int)gone.StatusCode));
    }

    [Theory]
    [InlineData("Home", """{"name":"x","latitude":1,"longitude":1}""", 422)]
    [InlineData("places", """{"name":"x","latitude":1,"longitude":1}""", 422)]
    [InlineData("home", """{"name":"","latitude":1,"longitude":1}""", 422)]
    [InlineData("home", """{"name":"x\u001b[31m","latitude":1,"longitude":1}""", 422)]
    [InlineData("home", """{"name":"x","latitude":91,"longitude":1}""", 422)]
    [InlineData("home", """{"name":"x","latitude":"1","longitude":1}""", 422)]
    [InlineData("home", """{"name":"x","latitude":1,"longitude":1,"timezone":"Mars/Base"}""", 422)]
    [InlineData("home", """{"name":1,"latitude":1,"longitude":1}""", 400)]
    [InlineData("home", "[]", 400)]
    [InlineData("home", "{", 400)]
    public async Task Place_ThatIsNone_IsRefused(string id, string body, int status)
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, _) = await PutAsync(server, id, body, "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Place_NotSaved_CannotBeDeleted()
    {
        await using var server = await WeatherServer.FixtureAsync();

        var (response, _) = await server.SendAsync(
            "DELETE", "/weather/places/home", null, "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(404, (int)response.StatusCode);
    }

    private static Task<(HttpResponseMessage Response, string Body)> PutAsync(
        TestServer server, string id, string body, string key) =>
        server.SendAsync("PUT", "/weather/places/" + id, new StringContent(body, Encoding.UTF8, "application/json"), key);
}
