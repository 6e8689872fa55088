namespace Rondo.Services.Gateway;

internal static partial class GatewayLog
{
    [LoggerMessage(700, LogLevel.Error, "The gateway's routes cannot be read; next try in a second")]
    public static partial void LoadFailed(ILogger logger, Exception error);

    [LoggerMessage(701, LogLevel.Error, "The stored route {Id} is not understood and left out: {Pointer} {Reason}")]
    public static partial void RouteUnreadable(ILogger logger, string id, string pointer, string reason);

    [LoggerMessage(
        702, LogLevel.Warning,
        "Route {Route}: {Instance} of {Service} failed: {Outcome} {Detail} (request {RequestId})")]
    public static partial void UpstreamFailed(
        ILogger logger, string route, string instance, string service, string outcome, string? detail,
        string requestId, Exception? error);

    [LoggerMessage(
        703, LogLevel.Information,
        "{Client} {Key} {Method} {Target} {Status} {Milliseconds} ms, route {Route}, instance {Instance} "
            + "(request {RequestId})")]
    public static partial void Access(
        ILogger logger, string? client, string key, string method, string target, int status, long milliseconds,
        string route, string instance, string requestId);
}
