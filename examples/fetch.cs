#:project ../src/Rondo.Lab
// A client on the loop: asks for a page, shows status and text. Without an address it asks a server of its own.
//
// > 200 OK
// > you asked for /page

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;
using Rondo.Runtime;

EventLoop.Run(async () =>
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    var server = EventLoop.Running!.CreateTask(() => LoopHttpServer.ServeAsync(
        listener, async path => $"you asked for {path}\n"));

    using var client = new HttpClient();
    using var answer = await client.GetAsync(args is [var url] ? url : $"http://{listener.LocalEndpoint}/page");
    Console.WriteLine($"{(int)answer.StatusCode} {answer.ReasonPhrase}");
    Console.Write(await answer.Content.ReadAsStringAsync());
    server.Cancel();
});
