namespace Rondo.Services.Board;

internal static partial class BoardLog
{
    [LoggerMessage(1, LogLevel.Warning, "What was decided about the board cannot be read; the defaults count.")]
    public static partial void SettingsUnreadable(ILogger logger, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "The board cannot be brought up to date; it shows how old it is.")]
    public static partial void UpdateFailed(ILogger logger, Exception error);
}
