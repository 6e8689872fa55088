using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChaosProgram;

/// <summary>
/// Ports that are left and taken again during a run: below those that systems give to connections, any of which could
/// take one meanwhile.
/// </summary>
internal static class FreePort
{
    private const int First = 20000;
    private const int Last = 32000;

    private static readonly ConcurrentDictionary<int, bool> s_given = new();

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                if (s_given.TryAdd(port, true))
                {
                    return port;
                }
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
