using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>Error numbers as the exceptions that users of the platform's sockets know.</summary>
internal static class SocketErrors
{
    /// <param name="error">Positive.</param>
    /// <param name="what">What has failed, for the message.</param>
    public static SocketException ToException(int error, string what)
    {
        var code = Code(error);
        return new SocketException((int)code, $"{what}: {new SocketException((int)code).Message}");
    }

    private static SocketError Code(int error) => error switch
    {
        Errno.ConnectionRefused => SocketError.ConnectionRefused,
        Errno.ConnectionReset => SocketError.ConnectionReset,
        Errno.BrokenPipe => SocketError.Shutdown,
        Errno.ConnectionAborted => SocketError.ConnectionAborted,
        Errno.TimedOut => SocketError.TimedOut,
        Errno.HostUnreachable => SocketError.HostUnreachable,
        Errno.NetworkUnreachable => SocketError.NetworkUnreachable,
        Errno.AddressNotAvailable or Errno.NoEntry => SocketError.AddressNotAvailable,
        Errno.AddressInUse => SocketError.AddressAlreadyInUse,
        Errno.AccessDenied or Errno.NotPermitted => SocketError.AccessDenied,
        Errno.TooManyInProcess or Errno.TooManyInSystem => SocketError.TooManyOpenSockets,
        Errno.NoBuffers or Errno.NoMemory => SocketError.NoBufferSpaceAvailable,
        Errno.NotConnected => SocketError.NotConnected,
        Errno.Again => SocketError.WouldBlock,
        Errno.BadDescriptor or Errno.Canceled => SocketError.OperationAborted,
        _ => SocketError.SocketError,
    };
}
