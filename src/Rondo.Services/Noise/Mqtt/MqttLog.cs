namespace Rondo.Services.Noise.Mqtt;

internal static partial class MqttLog
{
    [LoggerMessage(550, LogLevel.Information, "The levels are published to the broker {Host}:{Port}")]
    public static partial void Connected(ILogger logger, string host, int port);

    [LoggerMessage(551, LogLevel.Warning, "No connection to the broker {Host}:{Port}, which is tried again: {Reason}")]
    public static partial void Disconnected(ILogger logger, string host, int port, string reason);
}
