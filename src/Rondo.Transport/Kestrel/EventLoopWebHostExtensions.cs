using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Rondo.Transport.Kestrel;

/// <summary>Puts Kestrel on event loops.</summary>
/// <threadsafety>As the builder.</threadsafety>
public static class EventLoopWebHostExtensions
{
    /// <summary>
    /// Runs every connection of this server on event loops, one for each processor: requests are parsed, handled and
    /// answered where their bytes arrive. A handler that blocks its thread holds up the other connections of its loop.
    /// </summary>
    /// <param name="builder">The web host; addresses, limits, TLS and protocols are configured as ever.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="PlatformNotSupportedException">The operating system is not Linux.</exception>
    public static IWebHostBuilder UseEventLoop(
        this IWebHostBuilder builder, Action<LoopTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The event loop's transport needs Linux (epoll).");
        }

        return builder.ConfigureServices(services =>
        {
            services.Configure(configure ?? (_ => { }));
            services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
        });
    }
}
