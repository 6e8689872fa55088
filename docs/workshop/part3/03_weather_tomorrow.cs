#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 3: weather tomorrow: two calls at once
// A forecast needs two calls. Both at once take as long as one. Await each by its own name: the talk took the answers
// from a set, in the order of their arrival, and the days were swapped now and then.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part3/03_weather_tomorrow.cs
// $ curl http://127.0.0.1:8080/forecast
// > Today it's 10.1 C in Munich. Tomorrow it's 12.8 C
// ? Call TemperatureAsync twice and keep both tasks; only then await the one and the other.

using System.Text.Json;
using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.MapGet("/forecast", ForecastAsync);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<string> ForecastAsync()
{
    throw new NotImplementedException("ask for 'today' and 'tomorrow' before you wait for either, then say both");
}

async Task<string?> TemperatureAsync(string day)
{
    using var document = JsonDocument.Parse(await client.GetStringAsync($"workshop/weather/{day}"));
    return document.RootElement.GetProperty("temperature").GetString();
}
