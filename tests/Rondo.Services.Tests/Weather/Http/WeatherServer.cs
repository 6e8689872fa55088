using System.Text.Json;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Weather.Http;

/// <summary>Servers with the weather of one Friday, and their key.</summary>
internal static class WeatherServer
{
    /// <summary>With invented weather, as without any setting.</summary>
    public static Task<TestServer> FixtureAsync(TimeProvider? time = null) =>
        TestServer.StartAsync(time: time ?? new ManualTime(TestServer.Friday));

    /// <summary>Offline, with a place and a file that has weather for it and no other.</summary>
    public static async Task<TestServer> FileAsync(string file, TestFolder folder) => await TestServer.StartAsync(
        time: new ManualTime(TestServer.Friday), folder: folder,
        settings: JsonSerializer.Serialize(new
        {
            Weather = new { Place = "Munich", File = folder.Write("weather.json", file) },
        }));

    /// <summary>With Munich as its place and <paramref name="upstream"/> for Open-Meteo.</summary>
    public static Task<TestServer> AskingAsync(FakeUpstream upstream, TimeProvider time) => TestServer.StartAsync(
        time: time, options: new ServerOptions(),
        settings: JsonSerializer.Serialize(new
        {
            Weather = new { Place = "Munich", OpenMeteoAddress = new Uri(upstream.Address, "/v1/forecast") },
            Currency = new { EcbAddress = "http://127.0.0.1:1/" },
        }));
}
