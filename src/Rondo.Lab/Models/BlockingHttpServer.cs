using System.Net.Sockets;

namespace Rondo.Lab.Models;

/// <summary>What the servers on blocking sockets share: to wait for clients until somebody says stop.</summary>
internal static class BlockingHttpServer
{
    /// <summary>Blocks the thread, and hands it to <paramref name="serve"/> for each client that connects.</summary>
    /// <param name="setup">The server's.</param>
    /// <param name="serve">Takes the client's socket over.</param>
    public static void AcceptEach(ModelSetup setup, Action<Socket> serve)
    {
        using var listener = setup.Listen();
        using var ending = setup.Stop.UnsafeRegister(static l => ((TcpListener)l!).Stop(), listener);
        try
        {
            while (true)
            {
                serve(listener.AcceptSocket());
            }
        }
        catch (Exception error) when (
            setup.Stop.IsCancellationRequested
                && error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It waited for a client when it was stopped.
        }
    }

    /// <summary>Blocks the thread until this client has no more requests.</summary>
    public static void Converse(ModelSetup setup, HttpConversation client)
    {
        using var ending = setup.Stop.UnsafeRegister(static c => ((HttpConversation)c!).Dispose(), client);
        while (client.ReadBlocking() && client.AnswerBlocking(setup.Handler.AnswerBlocking(client.Target)))
        {
        }
    }
}
