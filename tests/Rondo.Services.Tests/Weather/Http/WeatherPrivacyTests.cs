using System.Text;
using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

public sealed class WeatherPrivacyTests
{
    private static readonly string[] Paths =
    [
        "/", "/today", "/tomorrow", "/forecast", "/workshop/weather/today", "/weather", "/weather/Munich",
        "/weather/Berlin", "/weather/48.1371,11.5754", "/weather/10,10", "/weather/Nowhere", "/weather/places?q=Ber",
        "/weather/upstreams", "/weather/home",
    ];

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "Munich")]
    public async Task Weather_OnlineWithoutAPlaceOrOffline_CallsNobody(bool isOffline, string? place)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var asked = new List<string>();
        upstream.Answer(context =>
        {
            lock (asked)
            {
                asked.Add(context.Request.Path);
            }

            return Task.CompletedTask;
        });
        await using var server = await StartAsync(upstream, isOffline, place);
        var key = "X-API-Key: " + server.CreateAdminKey();
        await server.SendAsync(
            "PUT", "/weather/places/home",
            new StringContent("""{"name":"Home","latitude":1,"longitude":1}""", Encoding.UTF8, "application/json"),
            key);
        foreach (var path in Paths)
        {
            await server.GetAsync(path, key);
        }

        Assert.Empty(asked);
    }

    [Fact]
    public async Task Weather_PlaceConfigured_SendsCoordinatesAndNothingOfWhoAsks()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var server = await StartAsync(upstream, isOffline: false, "Munich");
        await server.GetAsync("/forecast", "User-Agent: me/1", "X-Forwarded-For: 192.0.2.7", "Cookie: a=b");

        var request = await upstream.RequestAsync();

        Assert.Matches(@"^\?latitude=48\.1371&longitude=11\.5754&timezone=Europe%2FBerlin&", request.Query);
        Assert.Equal(
            ["Accept-Encoding", "Host", "User-Agent"],
            request.Headers.Headers.Select(h => h.Key).Order());
        Assert.Matches(@"^Rondo/[\w.-]+$", request.Headers.Headers.UserAgent.ToString());
    }

    private static Task<TestServer> StartAsync(FakeUpstream upstream, bool isOffline, string? place) =>
        TestServer.StartAsync(
            time: new ManualTime(TestServer.Friday),
            options: new ServerOptions { Offline = isOffline },
            settings: JsonSerializer.Serialize(new
            {
                Weather = new Dictionary<string, string?>
                {
                    ["OpenMeteoAddress"] = new Uri(upstream.Address, "/v1/forecast").ToString(),
                    ["MetNoAddress"] = new Uri(upstream.Address, "/compact").ToString(),
                    ["MetNoContact"] = "me@example.org",
                }.Concat(place is null ? [] : [new KeyValuePair<string, string?>("Place", place)]).ToDictionary(),
                Currency = new { EcbAddress = "http://127.0.0.1:1/" },
            }));
}
