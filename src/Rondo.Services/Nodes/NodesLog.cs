using System.Net;

namespace Rondo.Services.Nodes;

internal static partial class NodesLog
{
    [LoggerMessage(1, LogLevel.Information, "Answers as the leader, {Seconds:0.00} s after it had the lease")]
    public static partial void Answers(ILogger logger, double seconds);

    [LoggerMessage(2, LogLevel.Warning, "Has closed all that was open, and follows")]
    public static partial void SteppedDown(ILogger logger);

    [LoggerMessage(5, LogLevel.Error, "This node has the lease but cannot lead: {Reason}")]
    public static partial void CannotLead(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "A request from {Address} bears a proof of a node that does not hold")]
    public static partial void ProofRefused(ILogger logger, IPAddress? address);

    [LoggerMessage(7, LogLevel.Warning, "The leader {Leader} did not answer '{Method}': {Outcome}. {Detail}")]
    public static partial void LeaderFailed(
        ILogger logger, string leader, string method, string outcome, string? detail);

    [LoggerMessage(
        8, LogLevel.Warning, "The other nodes are told to reach this one at {Address}, which is on this host alone")]
    public static partial void LoopbackAddress(ILogger logger, Uri address);

    [LoggerMessage(9, LogLevel.Debug, "The leader's notes cannot be read: {Reason}")]
    public static partial void NotesUnread(ILogger logger, string reason);

    [LoggerMessage(
        10, LogLevel.Warning,
        "The leader {Leader} has not answered for {Seconds:0} s; what waits for it is given up")]
    public static partial void LeaderSilent(ILogger logger, string leader, double seconds);
}
