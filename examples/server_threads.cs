#:project ../src/Rondo.Lab
// A thread for each connection: three that come together wait for 1 second each, and so would a thousand, on a thousand
// threads.
//
// $ dotnet run examples/server_threads.cs
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
    var socket = listener.AcceptSocket();
    new Thread(() => Serve(socket)) { IsBackground = true }.Start();
}

static void Serve(Socket socket)
{
    using var client = new HttpConversation(socket);
    while (client.ReadBlocking())
    {
        Thread.Sleep(1000);
        client.AnswerBlocking("Howdy!\r\n");
    }
}
