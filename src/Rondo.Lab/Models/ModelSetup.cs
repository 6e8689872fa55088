using System.Net;
using System.Net.Sockets;

namespace Rondo.Lab.Models;

/// <summary>What a server is started with.</summary>
/// <param name="Address">Where it listens; port 0 takes a free one.</param>
/// <param name="Handler">What it is asked to do.</param>
/// <param name="Listening">Called with the address, as soon as clients can connect.</param>
/// <param name="Stop">Ends it; connections that are open then are closed.</param>
internal sealed record ModelSetup(
    IPEndPoint Address, IRequestHandler Handler, Action<IPEndPoint> Listening, CancellationToken Stop)
{
    /// <summary>As many as connect at once in an experiment; the system has its own limit below or above.</summary>
    public const int Backlog = 4096;

    /// <summary>How long a client may take for a request, and so stay idle, and for taking an answer.</summary>
    public TimeSpan IdleTimeout { get; init; } = HttpConversation.DefaultLimit;

    /// <summary>Called by a model with a pool, before it listens: how many requests wait for it.</summary>
    public Action<Func<long>>? TellQueue { get; init; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address is taken, or is not one of this machine.</exception>
    public TcpListener Listen()
    {
        var listener = new TcpListener(Address);
        listener.Start(Backlog);
        Listening((IPEndPoint)listener.LocalEndpoint);
        return listener;
    }
}
