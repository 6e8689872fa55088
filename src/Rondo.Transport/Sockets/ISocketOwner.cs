namespace Rondo.Transport.Sockets;

/// <summary>Whom a socket tells what nobody has asked for. Loop thread, while it polls.</summary>
internal interface ISocketOwner
{
    /// <summary>
    /// The peer has ended its side and nothing of what it sent is left to be received; and nobody waits to receive.
    /// </summary>
    void PeerEnded();

    /// <summary>The connection is broken, and nobody waits to receive.</summary>
    void ConnectionBroke();

    /// <summary>The loop ends, and the socket is about to be closed.</summary>
    void LoopEnding();
}
