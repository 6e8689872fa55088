#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 3, exercise 5: a proxy
// One address for all services. What the service says goes on as it was: status, type, body. Who is unknown gets 404,
// and a service that is down 502. The talk's proxy lost the status and made text/html of every type.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part3/05_proxy.cs
// $ curl http://127.0.0.1:8080/
// > Specify a service endpoint. Available: ['auth', 'down', 'lost', 'weather']
// $ curl http://127.0.0.1:8080/weather
// > {"city": "Munich", "country": "Germany", "temperature": "10.1 C", "rain_probability": "90 %"}
// ? using var answer = await client.GetAsync(url); the body by ReadAsStringAsync.
// $ curl -w %{http_code} http://127.0.0.1:8080/lost
// > 404
// ? Results.Text(body, type, statusCode: (int)answer.StatusCode): what the service says is what counts.
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/nobody
// > There is no service nobody. 404
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/down
// > The service down cannot be reached. 502
// ? An HttpRequestException means that there was no answer at all.

using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
var services = new SortedDictionary<string, string>
{
    ["auth"] = "workshop/auth",
    ["down"] = "http://127.0.0.1:1/",
    ["lost"] = "lost",
    ["weather"] = "workshop/weather/today",
};
app.MapGet("/", () =>
    $"Specify a service endpoint. Available: [{string.Join(", ", services.Keys.Select(name => $"'{name}'"))}]");
app.MapGet("/{service}", ForwardAsync);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<IResult> ForwardAsync(string service)
{
    if (!services.TryGetValue(service, out var url))
    {
        return Results.Text($"There is no service {service}.", statusCode: 404);
    }

    try
    {
        using var answer = await client.GetAsync(url);
        return Results.Text(
            await answer.Content.ReadAsStringAsync(),
            answer.Content.Headers.ContentType?.ToString(),
            statusCode: (int)answer.StatusCode);
    }
    catch (HttpRequestException)
    {
        return Results.Text($"The service {service} cannot be reached.", statusCode: 502);
    }
}
