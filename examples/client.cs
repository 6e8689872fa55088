#:project ../src/Rondo.Lab
// The currency workshop's client: dotnet run examples/client.cs -- USD 100 [address of the rates]. Without an address
// it asks a server of its own.
//
// > 122 USD

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rondo.Lab.Models;
using Rondo.Runtime;

var (currency, amount) = args is [var code, var number, ..]
    ? (code.ToUpperInvariant(), decimal.Parse(number, CultureInfo.InvariantCulture))
    : ("USD", 100);
EventLoop.Run(async () =>
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var server = EventLoop.Running!.CreateTask(() => LoopHttpServer.ServeAsync(
        listener, async _ => """{"rates":{"USD":1.22,"GBP":0.884}}"""));

    using var client = new HttpClient();
    var body = await client.GetStringAsync(args is [_, _, var url] ? url : $"http://{listener.LocalEndpoint}/latest");
    using var document = JsonDocument.Parse(body);
    if (document.RootElement.GetProperty("rates").TryGetProperty(currency, out var rate))
    {
        // A decimal: 100 times 0.57 is 57, and not 56.99999999999999.
        Console.WriteLine(FormattableString.Invariant($"{amount * rate.GetDecimal():0.####} {currency}"));
    }
    else
    {
        Console.Error.WriteLine($"There is no rate for {currency}.");
        Environment.ExitCode = 1;
    }

    server.Cancel();
});
