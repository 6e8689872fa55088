#:project ../src/Rondo.Lab
// The easy way to an asynchronous server: the client that blocks stays as it is, and is forced into a pool. Its 32
// threads are the ceiling, however many clients there are.
//
// $ dotnet run examples/upstream.cs
// $ dotnet run examples/webserver_forceasync.cs
// $ curl http://127.0.0.1:8080/convert/GBP/100
// > GBP 88.4

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Lab.Models;
using Rondo.Runtime;
using Rondo.Runtime.Executors;

var upstream = args is [_, var url] ? url : "http://127.0.0.1:1234/";
using var client = new HttpClient { BaseAddress = new Uri(upstream) };
await using var pool = new ThreadExecutor(new ThreadExecutorOptions { MaxThreads = 32 });
using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8080);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
var convertAsync = ForceAsync<(string Currency, decimal Amount), HttpAnswer>(ConvertBlocking);
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, async path => path.Split('/') switch
{
    ["", "convert", var currency, var amount] when decimal.TryParse(amount, out var euros) =>
        await convertAsync((currency, euros)),
    _ => new HttpAnswer(404, "Ask for /convert/GBP/100.\n"),
}));

// Makes a function that is awaited of one that blocks.
Func<TArg, Task<T>> ForceAsync<TArg, T>(Func<TArg, T> blocking) => argument => pool.SubmitAsync(blocking, argument);

HttpAnswer ConvertBlocking((string Currency, decimal Amount) request)
{
    using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, "latest")).EnsureSuccessStatusCode();
    using var document = JsonDocument.Parse(answer.Content.ReadAsStream());
    return Convert(document.RootElement, request.Currency, request.Amount);
}

static HttpAnswer Convert(JsonElement document, string currency, decimal amount) =>
    document.GetProperty("rates").TryGetProperty(currency, out var rate)
        ? FormattableString.Invariant($"{currency} {amount * rate.GetDecimal():0.####}")
        : new HttpAnswer(404, $"There is no rate for {currency}.\n");
