using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>Says when the server starts that it has no event loops.</summary>
internal sealed partial class SocketsNotice(ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogSockets(loggers.CreateLogger("Rondo.Transport"));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Event loops need Linux; connections run on the platform's sockets")]
    private static partial void LogSockets(ILogger logger);
}
