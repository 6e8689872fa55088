using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Hosting;

/// <summary>
/// Tells the service manager that has started this process how it stands: systemd's protocol, sd_notify(3), which others
/// speak as well. Without one there is nobody to tell.
/// </summary>
internal static class ServiceManager
{
    /// <summary>Requests are answered from now on.</summary>
    public const string Ready = "READY=1";

    /// <summary>The requests in flight are finished, and no others taken.</summary>
    public const string Stopping = "STOPPING=1";

    /// <summary>Sends a state. A manager that does not listen is no reason not to serve.</summary>
    public static void Tell(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            return;
        }

        try
        {
            // A leading @ stands for the zero byte of the abstract namespace.
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Blocking = false;
            socket.SendTo(Encoding.UTF8.GetBytes(state), address);
        }
        catch (Exception error) when (error is SocketException or ArgumentException or PlatformNotSupportedException)
        {
        }
    }
}
