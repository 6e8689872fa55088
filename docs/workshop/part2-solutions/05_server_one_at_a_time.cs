#:project ../../../src/Rondo.Lab
// Part 2, exercise 5: the five servers, one: one at a time
// Blocking sockets, one client after another. Each answer costs a second: three that come together wait for 1, 2 and 3
// seconds, and 'rondo ab -n 10 -c 2' takes 10.
//
// $ dotnet run docs/workshop/part2/05_server_one_at_a_time.cs
// $ curl http://127.0.0.1:8000/
// > Howdy!
// ? Answer with client.AnswerBlocking("Howdy!\\r\\n") after Thread.Sleep(1000), inside the loop.

using System.Net;
using System.Net.Sockets;
using Rondo.Lab.Models;

using var listener = new TcpListener(
    IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8000"));
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
