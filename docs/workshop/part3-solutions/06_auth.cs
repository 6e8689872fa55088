#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 6: auth before weather
// Who asks for the weather shows a key; the auth service says whether it counts, and only then the weather is asked.
// The key comes in a header and goes on in a body: what stands in an address ends up in logs.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part3/06_auth.cs
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/weather
// > Show a key. 401
// ? The header is missing: 401, and nobody needs to be asked.
// $ curl -w ' %{http_code}' -H 'X-Key: wrong' http://127.0.0.1:8080/weather
// > This key does not count. 403
// ? PostAsync("workshop/auth", new FormUrlEncodedContent([new("key", key)])): the answer is 1 or 0, always with 200.
// $ curl -H 'X-Key: supersecret' http://127.0.0.1:8080/weather
// > {"city": "Munich", "country": "Germany", "temperature": "10.1 C", "rain_probability": "90 %"}

using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.MapGet("/weather", WeatherAsync);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<IResult> WeatherAsync(HttpRequest request)
{
    string? key = request.Headers["X-Key"];
    if (string.IsNullOrEmpty(key))
    {
        return Results.Text("Show a key.", statusCode: 401);
    }

    using var answer = await client.PostAsync("workshop/auth", new FormUrlEncodedContent([new("key", key)]));
    return await answer.Content.ReadAsStringAsync() == "1"
        ? Results.Text(await client.GetStringAsync("workshop/weather/today"), "application/json")
        : Results.Text("This key does not count.", statusCode: 403);
}
