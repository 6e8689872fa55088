#:project ../src/Rondo.Lab
// The currency workshop's asynchronous server: every request asks another server for the rates, and the loop serves the
// others meanwhile.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run examples/webserver.cs
// $ curl http://127.0.0.1:8080/convert/GBP/100
// > GBP 88.4

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Lab.Models;
using Rondo.Runtime;

var upstream = args is [_, var url] ? url : "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8080);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, async path => path.Split('/') switch
{
    ["", "convert", var currency, var amount] when decimal.TryParse(amount, out var euros) =>
        await ConvertAsync(currency, euros),
    _ => new HttpAnswer(404, "Ask for /convert/GBP/100.\n"),
}));

async Task<HttpAnswer> ConvertAsync(string currency, decimal amount)
{
    using var document = JsonDocument.Parse(await client.GetStringAsync("latest"));
    return Convert(document.RootElement, currency, amount);
}

static HttpAnswer Convert(JsonElement document, string currency, decimal amount) =>
    document.GetProperty("rates").TryGetProperty(currency, out var rate)
        ? FormattableString.Invariant($"{currency} {amount * rate.GetDecimal():0.####}")
        : new HttpAnswer(404, $"There is no rate for {currency}.\n");
