namespace Rondo.Services.Auth;

internal static partial class AuthLog
{
    [LoggerMessage(1, LogLevel.Error, "The audit could not be written; it is tried again")]
    public static partial void AuditFailed(ILogger logger, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "Demo: a key that everybody knows is accepted on this machine")]
    public static partial void DemoKeyAccepted(ILogger logger);
}
