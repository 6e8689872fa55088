using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>Says when the server starts that it has no event loops.</summary>
internal sealed class SocketsNotice(ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        TransportLog.NoEventLoops(loggers.CreateLogger("Rondo.Transport"));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
