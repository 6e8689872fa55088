using System.Net;
using System.Net.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// A few hundred requests to a server of its own before the real run: the first calls of a program are compiled while
/// they run, and would take tens of milliseconds of the first requests' time.
/// </summary>
internal static class Rehearsal
{
    private const int Requests = 400;
    private const double Seconds = 2;
    private const double Rate = 20_000;

    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    public static async Task RunAsync(LoadPlan plan)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = new Thread(() => Serve(listener)) { IsBackground = true, Name = "rehearsal" };
        server.Start();
        var rehearsed = new LoadPlan
        {
            Url = plan.Url,
            Address = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)listener.LocalEndPoint!).Port,
            Request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            Connections = 1,
            MaxConnections = 1,
            Seconds = Seconds,
            Requests = Requests,
            Rate = plan.IsOpen ? Rehearsal.Rate : null,
            Engine = plan.Engine,
        };
        await LoadEngine.RunAsync(rehearsed, _ => { }, CancellationToken.None);
    }

    private static void Serve(Socket listener)
    {
        try
        {
            using var connection = listener.Accept();
            connection.NoDelay = true;
            var room = new byte[1024];
            while (connection.Receive(room) > 0)
            {
                connection.Send(Answer);
            }
        }
        catch (SocketException)
        {
            // The rehearsal is over.
        }
    }
}
