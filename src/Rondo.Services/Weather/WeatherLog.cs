namespace Rondo.Services.Weather;

internal static partial class WeatherLog
{
    [LoggerMessage(300, LogLevel.Warning, "Weather of {Place} from {Source} not taken over: {Reason}")]
    public static partial void SourceFailed(ILogger logger, string place, string source, string reason);

    [LoggerMessage(301, LogLevel.Debug, "Weather of {Place} from {Source}: {Parts}")]
    public static partial void PartsArrived(ILogger logger, string place, string source, WeatherParts parts);

    [LoggerMessage(302, LogLevel.Error, "The stream of the weather of {Place} could not be written")]
    public static partial void StreamFailed(ILogger logger, Exception error, string place);

    [LoggerMessage(303, LogLevel.Error, "The weather of {Place} could not be refreshed")]
    public static partial void RefreshFailed(ILogger logger, Exception error, string place);
}
