#:project ../src/Rondo.Lab
// The currency workshop's synchronous server: a thread for each connection, and calls that block.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run examples/webserver_threaded.cs
// $ curl http://127.0.0.1:8080/convert/GBP/100
// > GBP 88.4

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Lab.Models;

var upstream = args is [_, var url] ? url : "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8080);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
while (true)
{
    var socket = listener.AcceptSocket();
    new Thread(() => Serve(new HttpConversation(socket))) { IsBackground = true }.Start();
}

void Serve(HttpConversation visitor)
{
    using (visitor)
    {
        while (visitor.ReadBlocking())
        {
            visitor.AnswerBlocking(visitor.Target.Split('/') switch
            {
                ["", "convert", var currency, var amount] when decimal.TryParse(amount, out var euros) =>
                    ConvertBlocking(currency, euros),
                _ => new HttpAnswer(404, "Ask for /convert/GBP/100.\n"),
            });
        }
    }
}

HttpAnswer ConvertBlocking(string currency, decimal amount)
{
    try
    {
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, "latest")).EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(answer.Content.ReadAsStream());
        return Convert(document.RootElement, currency, amount);
    }
    catch (Exception error) when (error is HttpRequestException or JsonException)
    {
        // An exception that leaves a thread ends the process: on a loop it would end one request.
        return new HttpAnswer(502, "The rates cannot be had.\n");
    }
}

static HttpAnswer Convert(JsonElement document, string currency, decimal amount) =>
    document.GetProperty("rates").TryGetProperty(currency, out var rate)
        ? FormattableString.Invariant($"{currency} {amount * rate.GetDecimal():0.####}")
        : new HttpAnswer(404, $"There is no rate for {currency}.\n");
