namespace Rondo.Services.Auth;

internal static partial class AuthLog
{
    [LoggerMessage(1, LogLevel.Error, "The audit could not be written, which is tried again: {Reason}")]
    public static partial void AuditFailed(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Demo: a key that everybody knows is accepted on this machine")]
    public static partial void DemoKeyAccepted(ILogger logger);

    [LoggerMessage(
        3, LogLevel.Warning, "Keys cannot be checked: {Reason}. What needs a key is answered with 503 until then")]
    public static partial void AuthIsSilent(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "The auth service answers again")]
    public static partial void AuthIsBack(ILogger logger);
}
