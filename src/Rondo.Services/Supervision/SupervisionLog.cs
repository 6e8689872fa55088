namespace Rondo.Services.Supervision;

internal static partial class SupervisionLog
{
    [LoggerMessage(750, LogLevel.Information, "{Service} is up at {Url}, process {ProcessId}")]
    public static partial void Up(ILogger logger, string service, Uri url, int processId);

    [LoggerMessage(
        751, LogLevel.Warning,
        "{Service} has ended ({Exit}) and starts again in {Seconds:0.0} s. Last it said: {Words}")]
    public static partial void Ended(ILogger logger, string service, string exit, double seconds, string words);

    [LoggerMessage(
        752, LogLevel.Error,
        "{Service} refuses its command line, and will until that changes; next try in {Seconds:0} s. It said: {Words}")]
    public static partial void Misused(ILogger logger, string service, double seconds, string words);

    [LoggerMessage(753, LogLevel.Warning, "{Service} runs, but is not ready after {Seconds:0} s")]
    public static partial void NotReady(ILogger logger, string service, double seconds);

    [LoggerMessage(754, LogLevel.Error, "{Service} is killed: {Reason}")]
    public static partial void Killed(ILogger logger, string service, string reason);

    [LoggerMessage(756, LogLevel.Error, "There is no key for the board to ask the services with: {Reason}")]
    public static partial void NoKey(ILogger logger, string reason);

    [LoggerMessage(755, LogLevel.Information, "{Service} has stopped: {Exit}")]
    public static partial void Stopped(ILogger logger, string service, string exit);
}
