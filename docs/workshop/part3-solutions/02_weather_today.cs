#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 2: weather today
// A web app whose answer needs another server's. Waiting for it costs this one nothing.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part3/02_weather_today.cs
// $ curl http://127.0.0.1:8080/today
// > Today it's 10.1 C in Munich
// ? GetStringAsync("workshop/weather/today") brings JSON with "city" and "temperature".

using System.Text.Json;
using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.MapGet("/today", TodayAsync);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<string> TodayAsync()
{
    using var weather = JsonDocument.Parse(await client.GetStringAsync("workshop/weather/today"));
    var (temperature, city) = (weather.RootElement.GetProperty("temperature"), weather.RootElement.GetProperty("city"));
    return $"Today it's {temperature} in {city}";
}
