using System.Net;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// What the transport logs. All of it is in this one class: the generator writes several in an order that changes from
/// build to build, and the package would not be the same bytes twice.
/// </summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Debug, "Connections run on {Loops} event loops over epoll")]
    public static partial void Chosen(ILogger logger, int loops);

    [LoggerMessage(2, LogLevel.Warning, "Event loops need Linux; connections run on the platform's sockets")]
    public static partial void NoEventLoops(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "{What}")]
    public static partial void Escaped(ILogger logger, Exception error, string what);

    [LoggerMessage(4, LogLevel.Warning, "{Report}")]
    public static partial void Reported(ILogger logger, string report);

    [LoggerMessage(
        5, LogLevel.Warning,
        "{Endpoint} blocks the thread of its event loop: for now its requests run on threads of their own. "
            + "Await what it waits for, and compute in an executor.")]
    public static partial void EndpointBlocks(ILogger logger, string endpoint);

    [LoggerMessage(
        6, LogLevel.Warning,
        "{EndPoint} cannot accept connections for now and tries again: {Error}. If descriptors have run out, "
            + "raise their limit (ulimit -n) or let fewer connections in.")]
    public static partial void AcceptPaused(ILogger logger, EndPoint endPoint, string error);

    [LoggerMessage(7, LogLevel.Error, "What connection {Id} calls when it is closed has failed")]
    public static partial void CloseCallbackFailed(ILogger logger, Exception error, string id);

    [LoggerMessage(
        8, LogLevel.Warning, "{EndPoint} is closed although a loop does not answer: a handler blocks its thread.")]
    public static partial void ClosedWithoutLoop(ILogger logger, EndPoint endPoint);

    [LoggerMessage(9, LogLevel.Warning, "{Loops} event loops are left behind: handlers block their threads.")]
    public static partial void LoopsLeftBehind(ILogger logger, int loops);
}
