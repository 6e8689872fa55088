using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather.Sources;

public sealed class FileWeatherSourceTests : IDisposable
{
    private const string Munich = """
        {"places":[
         {"name":"Elsewhere","latitude":52.5,"longitude":13.4,"observed_at":"2026-11-20T17:00:00Z","now":{"temperature":99}},
         {"name":"Munich","latitude":48.14,"longitude":11.58,"observed_at":"2026-11-20T17:30:00Z",
          "now":{"temperature":7.5,"humidity":80,"code":3},
          "days":[{"date":"2026-11-21","min":1,"max":6.5},{"date":"2026-11-20","min":2,"max":9,"rain_probability":40}]}]}
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_ServersDead_AnswersForItsPlaceWithItsAge()
    {
        await using var rig = await StartAsync(Munich.Replace("99", "9"));

        var view = await rig.GetAsync();

        Assert.Equal("Today it's 7.5 C in Munich. Tomorrow it's 6.5 C", SeedText.Forecast(view));
        Assert.Equal(("file", TimeSpan.FromMinutes(30), false), (view.Source, view.Age(TestWeather.Now), view.IsStale));
    }

    [Fact]
    public async Task File_OlderThanWhatAServerHasSaid_DoesNotReplaceIt()
    {
        await using var rig = await StartAsync(Munich.Replace("99", "9"));
        rig.Respond(WeatherRig.Both(10.1m, 11.2m, 12.8m));
        await rig.GetAsync();
        rig.Upstream.Answer(500);
        rig.Time.Advance(TimeSpan.FromMinutes(15));
        await rig.GetAsync();
        await rig.RefreshedAsync();

        Assert.Equal("Today it's 10.1 C in Munich. Tomorrow it's 12.8 C (stale)", await rig.SayAsync());
    }

    [Theory]
    [InlineData("48.14", "49.14")]
    [InlineData("17:30:00Z", "19:30:00Z")]
    [InlineData("17:30:00Z", "half past five")]
    [InlineData("\"places\"", "\"place\"")]
    [InlineData("{\"date\":\"2026-11-21\"", "{\"date\":\"2026-11-20\"")]
    [InlineData("7.5", "NaN")]
    public async Task File_ThatCannotBeUsed_IsNotShown(string good, string bad)
    {
        await using var rig = await StartAsync(Munich.Replace("99", "9").Replace(good, bad));

        Assert.True((await rig.GetAsync()).IsEmpty);
    }

    [Fact]
    public async Task File_FromTheDayBefore_IsStaleAndHasNoPresent()
    {
        await using var rig = await StartAsync(Munich.Replace("99", "9"), WeatherRig.At("2026-11-21T08:00:00Z"));

        var view = await rig.GetAsync();

        Assert.Equal("Today it's 6.5 C in Munich. Tomorrow: no data", SeedText.Forecast(view));
        Assert.True(view.IsStale);
        Assert.Equal(["now", "tomorrow"], view.Missing(2));
    }

    private async Task<WeatherRig> StartAsync(string content, DateTimeOffset? now = null)
    {
        var rig = await WeatherRig.StartAsync(now, ("File", _folder.Write("weather.json", content)));
        rig.Upstream.Answer(500);
        return rig;
    }
}
