using System.Net;
using System.Net.Sockets;

namespace ChaosProgram;

/// <summary>What all clients of a round share. Each of their connections goes to the next of the servers.</summary>
internal sealed class ChaosScene : IDisposable
{
    private readonly int[] _ports;
    private long _end = long.MaxValue;
    private int _refusals;
    private uint _connections;

    public ChaosScene(int[] ports, ChatChecker checker)
    {
        (_ports, Checker) = (ports, checker);
        Http = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromSeconds(5),
        })
        {
            BaseAddress = new Uri("http://127.0.0.1"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public const string Room = "/chat/rooms/lobby";

    public ChatChecker Checker { get; }

    /// <summary>For requests; each has its own limit, since a server that is gone does not always say so.</summary>
    public HttpClient Http { get; }

    public Uri Socket => new($"ws://127.0.0.1:{NextPort()}/chat/ws");

    /// <summary>From now on nothing new is done; what waits is brought to its end.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>The room as a stream like any other.</summary>
    public Uri StreamSocket => new($"ws://127.0.0.1:{NextPort()}{Room}/events");

    /// <summary>Nobody waits for an answer any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>The number of the room's last event, once it is known.</summary>
    public long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>Answers that the disk is full.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    public void CountRefusal() => Interlocked.Increment(ref _refusals);

    public void Dispose() => Http.Dispose();

    private int NextPort() => _ports[Interlocked.Increment(ref _connections) % _ports.Length];

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, NextPort(), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
