using System.Net;

namespace Rondo.Services.Gateway.Framing;

internal static partial class FramingLog
{
    // Whoever sends such requests must not fill the log.
    [LoggerMessage(500, LogLevel.Debug, "A request from {Peer} was refused: {Doubt}")]
    public static partial void Refused(ILogger logger, EndPoint? peer, FramingDoubt doubt);
}
