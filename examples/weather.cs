#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Rondo.Transport
// The weather app: a forecast takes two calls, both at once, so it takes as long as one. Each answer is awaited by its
// own name; taken from a set in the order of arrival, the days would be swapped now and then.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run examples/weather.cs
// $ curl http://127.0.0.1:8080/today
// > Today it's 10.1 C in Munich
// $ curl http://127.0.0.1:8080/tomorrow
// > Tomorrow it's 12.8 C in Munich
// $ curl http://127.0.0.1:8080/forecast
// > Today it's 10.1 C in Munich. Tomorrow it's 12.8 C

using System.Text.Json;
using Rondo.Transport.Kestrel;

var upstream = args is [_, var url] ? url : "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{(args is [var port, ..] ? port : "8080")}");
var app = builder.Build();
app.MapGet("/today", async () => $"Today it's {await TemperatureAsync("today")} in Munich");
app.MapGet("/tomorrow", async () => $"Tomorrow it's {await TemperatureAsync("tomorrow")} in Munich");
app.MapGet("/forecast", async () =>
{
    var (today, tomorrow) = (TemperatureAsync("today"), TemperatureAsync("tomorrow"));
    await Task.WhenAll(today, tomorrow);
    return $"Today it's {await today} in Munich. Tomorrow it's {await tomorrow}";
});
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<string?> TemperatureAsync(string day)
{
    using var document = JsonDocument.Parse(await client.GetStringAsync($"workshop/weather/{day}"));
    return document.RootElement.GetProperty("temperature").GetString();
}
