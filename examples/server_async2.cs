#:project ../src/Rondo.Lab
// Asynchronous: while one request waits the loop serves the others. However many come together, each waits 1 second.
//
// $ dotnet run examples/server_async2.cs
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
    await EventLoop.Running!.Delay(TimeSpan.FromSeconds(1));
    return "Howdy!\r\n";
}
