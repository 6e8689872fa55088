#:project ../src/Rondo.Lab
// Looks asynchronous, and is not: the handler blocks the loop, so three that come together wait for 1, 2 and 3 seconds.
// RONDO_DEBUG=1 names the culprit: Blocked in Thread.Sleep.
//
// $ dotnet run examples/server_async.cs
// $ curl http://127.0.0.1:8000/any/path
// > Howdy!

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;

using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8000);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
EventLoop.Run(() => LoopHttpServer.ServeAsync(listener, AnswerAsync));

static async ValueTask<HttpAnswer> AnswerAsync(string path)
{
    Thread.Sleep(1000);
    return "Howdy!\r\n";
}
