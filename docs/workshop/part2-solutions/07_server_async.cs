#:project ../../../src/Rondo.Lab
// Part 2, exercise 7: the five servers, three: asynchronous
// While one request waits, the loop serves the others: however many come together, each waits for 1 second. 'rondo ab
// -n 10 -c 2' takes 5, with -c 10 it takes 1.
//
// $ dotnet run docs/workshop/part2/07_server_async.cs
// $ curl http://127.0.0.1:8000/
// > Howdy!
// ? await EventLoop.Running!.Delay(TimeSpan.FromSeconds(1))

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;

using var listener = new TcpListener(
    IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8000"));
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

static async ValueTask<HttpAnswer> AnswerAsync(string path)
{
    await EventLoop.Running!.Delay(TimeSpan.FromSeconds(1));
    return "Howdy!\r\n";
}
