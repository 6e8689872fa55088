#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 7: auth, found by discovery
// The auth service moves, so its address is looked up for each request, and never kept. If nobody offers auth, or it
// does not answer, nobody gets in: 503, and not by chance.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part3/07_auth_by_discovery.cs
// $ curl -w ' %{http_code}' -H 'X-Key: supersecret' http://127.0.0.1:8080/weather
// > Nobody can check keys now. 503
// ? Without an address for "auth" in the registry there is nothing to ask.
// $ curl -X PUT -d http://127.0.0.1:1/ http://127.0.0.1:8080/registry/auth
// > auth is at http://127.0.0.1:1/
// $ curl -w ' %{http_code}' -H 'X-Key: supersecret' http://127.0.0.1:8080/weather
// > Nobody can check keys now. 503
// ? Nobody listens there: HttpRequestException.
// $ curl -X PUT -d workshop/auth http://127.0.0.1:8080/registry/auth
// > auth is at workshop/auth
// $ curl -H 'X-Key: supersecret' http://127.0.0.1:8080/weather
// > {"city": "Munich", "country": "Germany", "temperature": "10.1 C", "rain_probability": "90 %"}
// ? Look the address up again: it is another one now.
// $ curl -w ' %{http_code}' -H 'X-Key: wrong' http://127.0.0.1:8080/weather
// > This key does not count. 403

using System.Collections.Concurrent;
using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
var registry = new ConcurrentDictionary<string, string>();
app.MapPut("/registry/{service}", async (string service, HttpRequest request) =>
    $"{service} is at {registry[service] = await new StreamReader(request.Body).ReadToEndAsync()}");
app.MapGet("/weather", async (HttpRequest request) => await CountsAsync(request.Headers["X-Key"].ToString()) switch
{
    true => Results.Text(await client.GetStringAsync("workshop/weather/today"), "application/json"),
    false => Results.Text("This key does not count.", statusCode: 403),
    null => Results.Text("Nobody can check keys now.", statusCode: 503),
});
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<bool?> CountsAsync(string key)
{
    throw new NotImplementedException(
        "find 'auth' in the registry and post the key to it; null if there is none, or it does not answer");
}
