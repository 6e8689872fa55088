namespace Rondo.Services.Noise;

internal static partial class NoiseLog
{
    [LoggerMessage(500, LogLevel.Error, "A callback of the noise service failed: {What}")]
    public static partial void CallbackFailed(ILogger logger, Exception? error, string what);

    [LoggerMessage(501, LogLevel.Warning, "The noise service cannot read what it has kept; next try in a second")]
    public static partial void LoadFailed(ILogger logger, Exception error);

    [LoggerMessage(502, LogLevel.Warning, "Levels of room {RoomId} are not stored; its devices send them again")]
    public static partial void AppendFailed(ILogger logger, Exception error, string roomId);

    [LoggerMessage(503, LogLevel.Warning, "Upkeep of room {RoomId} failed; next try in a minute")]
    public static partial void UpkeepFailed(ILogger logger, Exception error, string roomId);

    [LoggerMessage(505, LogLevel.Warning, "Webhook {Hook}: {Reason} Next try in {Pause}")]
    public static partial void DeliveryFailed(ILogger logger, string hook, string reason, TimeSpan pause);

    [LoggerMessage(504, LogLevel.Warning, "The alarm of room {RoomId} is not stored")]
    public static partial void AlarmFailed(ILogger logger, Exception error, string roomId);
}
