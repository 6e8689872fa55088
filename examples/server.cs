#:project ../src/Rondo.Lab
// One client at a time, on blocking sockets: three that come together wait for 1, 2 and 3 seconds.
//
// $ dotnet run examples/server.cs
// $ curl http://127.0.0.1:8000/any/path
// > Howdy!

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;

using var listener = new TcpListener(IPAddress.Loopback, args is [var port, ..] ? int.Parse(port) : 8000);
listener.Start();
Console.WriteLine($"listening on http://{listener.LocalEndpoint}/");
while (true)
{
    using var client = new HttpConversation(listener.AcceptSocket()) { IsHttp10 = true };
    if (client.ReadBlocking())
    {
        Thread.Sleep(1000);
        client.AnswerBlocking("Howdy!\r\n");
    }
}
