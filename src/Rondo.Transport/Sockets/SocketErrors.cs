using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>Error numbers as the exceptions that users of the platform's sockets know.</summary>
internal static class SocketErrors
{
    // The first of a kind stands for it the other way round.
    private static readonly (int Number, SocketError Code)[] s_table =
    [
        (Errno.Again, SocketError.WouldBlock),
        (Errno.InProgress, SocketError.InProgress),
        (Errno.Interrupted, SocketError.Interrupted),
        (Errno.ConnectionRefused, SocketError.ConnectionRefused),
        (Errno.ConnectionReset, SocketError.ConnectionReset),
        (Errno.BrokenPipe, SocketError.Shutdown),
        (Errno.ConnectionAborted, SocketError.ConnectionAborted),
        (Errno.TimedOut, SocketError.TimedOut),
        (Errno.HostUnreachable, SocketError.HostUnreachable),
        (Errno.NetworkUnreachable, SocketError.NetworkUnreachable),
        (Errno.AddressNotAvailable, SocketError.AddressNotAvailable),
        (Errno.NoEntry, SocketError.AddressNotAvailable),
        (Errno.AddressInUse, SocketError.AddressAlreadyInUse),
        (Errno.AccessDenied, SocketError.AccessDenied),
        (Errno.NotPermitted, SocketError.AccessDenied),
        (Errno.TooManyInProcess, SocketError.TooManyOpenSockets),
        (Errno.TooManyInSystem, SocketError.TooManyOpenSockets),
        (Errno.NoBuffers, SocketError.NoBufferSpaceAvailable),
        (Errno.NoMemory, SocketError.NoBufferSpaceAvailable),
        (Errno.NotConnected, SocketError.NotConnected),
        (Errno.Canceled, SocketError.OperationAborted),
        (Errno.BadDescriptor, SocketError.OperationAborted),
    ];

    /// <param name="error">Positive.</param>
    /// <param name="what">What has failed, for the message.</param>
    public static SocketException ToException(int error, string what)
    {
        var code = (int)SocketError.SocketError;
        foreach (var entry in s_table)
        {
            code = entry.Number == error ? (int)entry.Code : code;
        }

        return new SocketException(code, $"{what}: {new SocketException(code).Message}");
    }

    /// <summary>The number, positive; 0 for success.</summary>
    public static int ToNumber(SocketError code)
    {
        foreach (var entry in s_table)
        {
            if (entry.Code == code)
            {
                return entry.Number;
            }
        }

        return code == SocketError.Success ? 0 : Errno.InputOutput;
    }
}
