#:project ../../../src/Rondo.Runtime
// Part 1, exercise 8: an HTTP client on the command line
// Asks a server for the rates, and converts. 'dotnet run examples/upstream.cs' is the server.
//
// $ dotnet run docs/workshop/part1/08_client.cs -- USD 100
// > 122 USD
// ? GetStringAsync of {upstream}latest brings {"base":"EUR","rates":{"USD":1.22,...}}; JsonDocument reads it.
// $ dotnet run docs/workshop/part1/08_client.cs -- GBP 99.95
// > 88.3558 GBP
// ? Take the rate with GetDecimal: floating point would bring 88.35579999999999 sooner or later.
// $ dotnet run docs/workshop/part1/08_client.cs -- XXX 1; echo $?
// > There is no rate for XXX.
// ? TryGetProperty instead of GetProperty: an unknown currency is no accident, and no stack trace.
// > 1
// ? Environment.ExitCode = 1 tells a script that it did not work.

using System.Globalization;
using System.Text.Json;
using Rondo.Runtime;

var upstream = Environment.GetEnvironmentVariable("UPSTREAM") ?? "http://127.0.0.1:1234/";
var (currency, amount) = (args[0], decimal.Parse(args[1], CultureInfo.InvariantCulture));
EventLoop.Run(async () =>
{
    using var client = new HttpClient { BaseAddress = new Uri(upstream) };
    throw new NotImplementedException(
        "get 'latest', find the rate, print '{amount * rate} {currency}' with at most 4 decimals (0.####)");
});
