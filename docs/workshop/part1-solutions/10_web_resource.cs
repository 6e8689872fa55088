#:sdk Microsoft.NET.Sdk.Web
#:project ../../../src/Rondo.Transport
// Part 1, exercise 10: a web resource
// The converter on the web, on event loops. Wrong input is the client's mistake, so it gets 4xx and a reason: the
// talk's server answered 500 to all of it.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run docs/workshop/part1/10_web_resource.cs
// $ curl http://127.0.0.1:8080/convert/GBP/100
// > GBP 88.4
// ? The code, then the amount, at most 2 decimals: FormattableString.Invariant($"... {x:0.##}").
// $ curl http://127.0.0.1:8080/convert/usd/1.5
// > USD 1.83
// ? Any case: ToUpperInvariant. Decimal amounts: the parameter is a string, decimal.TryParse with the invariant
// ? culture.
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/convert/XXX/1
// > There is no rate for XXX. 404
// ? Results.Text(text, statusCode: 404)
// $ curl -w ' %{http_code}' http://127.0.0.1:8080/convert/GBP/abc
// > abc is no amount. 400
// ? Whether the amount is a number comes first: no need to ask the server of the rates.

using System.Globalization;
using System.Text.Json;
using Rondo.Transport.Kestrel;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseEventLoop();
builder.WebHost.UseUrls($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8080"}");
var app = builder.Build();
app.MapGet("/convert/{currency}/{amount}", ConvertAsync);
await app.StartAsync();
Console.WriteLine($"listening on {app.Urls.First()}/");
await app.WaitForShutdownAsync();

async Task<IResult> ConvertAsync(string currency, string amount)
{
    if (!decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var euros))
    {
        return Results.Text($"{amount} is no amount.", statusCode: 400);
    }

    var code = currency.ToUpperInvariant();
    using var document = JsonDocument.Parse(await client.GetStringAsync("latest"));
    return document.RootElement.GetProperty("rates").TryGetProperty(code, out var rate)
        ? Results.Text(FormattableString.Invariant($"{code} {euros * rate.GetDecimal():0.##}"))
        : Results.Text($"There is no rate for {code}.", statusCode: 404);
}
