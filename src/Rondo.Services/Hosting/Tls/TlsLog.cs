namespace Rondo.Services.Hosting.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(1, LogLevel.Information, "Another certificate is shown from now on; it ends on {End:yyyy-MM-dd}")]
    public static partial void Renewed(ILogger logger, DateTime end);

    [LoggerMessage(2, LogLevel.Error, "The last good certificate stays: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);
}
