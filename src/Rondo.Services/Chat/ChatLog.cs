namespace Rondo.Services.Chat;

internal static partial class ChatLog
{
    [LoggerMessage(200, LogLevel.Error, "A callback of the chat failed: {What}")]
    public static partial void CallbackFailed(ILogger logger, Exception? error, string what);

    [LoggerMessage(201, LogLevel.Error, "Room {Room} is no longer followed; those in it come again")]
    public static partial void WatchFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(202, LogLevel.Warning, "What room {Room} need not keep is not dropped; next try in ten minutes")]
    public static partial void RetainFailed(ILogger logger, Exception error, string room);

    [LoggerMessage(203, LogLevel.Warning, "Webhook {Hook} of room {Room}: {Reason} Next try in {Pause}")]
    public static partial void DeliveryFailed(ILogger logger, string hook, string room, string reason, TimeSpan pause);
}
