#:project ../../../src/Rondo.Lab
// Part 2, exercise 6: the five servers, two: looks asynchronous
// The handler is async, and still nothing is better: it blocks the loop, so three that come together wait for 1, 2 and
// 3 seconds. Write it so, once, and see who tells: RONDO_DEBUG=1 names the line.
//
// $ dotnet run docs/workshop/part2/06_server_that_blocks.cs
// $ curl http://127.0.0.1:8000/
// > Howdy!
// ? Thread.Sleep(1000) in an async method: nothing in the language forbids it.

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
    throw new NotImplementedException("block for a second, and return 'Howdy!' and a line end");
}
