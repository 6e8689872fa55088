namespace Rondo.Services.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId})")]
    public static partial void RequestFailed(
        ILogger logger, Exception error, string method, string path, string requestId);

    [LoggerMessage(4, LogLevel.Debug, "{Method} {Path} {Status} (request {RequestId})", SkipEnabledCheck = false)]
    public static partial void RequestAnswered(
        ILogger logger, string method, string path, int status, string requestId);

    [LoggerMessage(2, LogLevel.Information, "Configuration read again; the new settings of {Section} are in force")]
    public static partial void ConfigurationReloaded(ILogger logger, string section);

    [LoggerMessage(3, LogLevel.Error, "Configuration not taken over, the last good settings stay in force: {Errors}")]
    public static partial void ConfigurationRefused(ILogger logger, string errors);

    [LoggerMessage(5, LogLevel.Warning, "{Method} {Path} stored nothing: {Reason}")]
    public static partial void NotStored(ILogger logger, string method, string path, string reason);
}
