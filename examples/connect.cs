#:project ../src/Rondo.Transport
// A connector has an event loop of its own; its connections are streams, here to a server that this program starts.
//
// > olleh

using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Transport.Sockets;

using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
_ = ReverseAsync();

await using var connector = new LoopConnector(new() { ConnectTimeout = TimeSpan.FromSeconds(5) });
await using var stream = await connector.ConnectAsync(listener.LocalEndpoint);
await stream.WriteAsync("hello"u8.ToArray());
stream.CloseWrite();
Console.WriteLine(await new StreamReader(stream).ReadToEndAsync());

async Task ReverseAsync()
{
    using var client = await listener.AcceptTcpClientAsync();
    var text = await new StreamReader(client.GetStream()).ReadToEndAsync();
    await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes([.. text.Reverse()]));
}
