using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Kestrel;

/// <summary>Puts Kestrel on event loops.</summary>
/// <threadsafety>As the builder.</threadsafety>
public static class EventLoopWebHostExtensions
{
    /// <summary>
    /// Runs every connection of this server on event loops, one for each processor: requests are parsed, handled and
    /// answered where their bytes arrive. Code that blocks takes only its own request along: another thread goes on
    /// with the loop (see <see cref="LoopTransportOptions.SpareThreads"/>). This needs Linux;
    /// elsewhere the platform's sockets stay, and the log says so.
    /// </summary>
    /// <param name="builder">The web host; addresses, limits, TLS and protocols are configured as ever.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <returns>The builder.</returns>
    public static IWebHostBuilder UseEventLoop(
        this IWebHostBuilder builder, Action<LoopTransportOptions>? configure = null) =>
        UseEventLoop(builder, configure, OperatingSystem.IsLinux());

    internal static IWebHostBuilder UseEventLoop(
        IWebHostBuilder builder, Action<LoopTransportOptions>? configure, bool isLinux)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            if (!isLinux)
            {
                services.AddHostedService<SocketsNotice>();
                return;
            }

            services.Configure(configure ?? (_ => { }));
            services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
            services.AddSingleton(s => new BlockingEndpoints(
                TimeProvider.System, s.GetRequiredService<ILoggerFactory>().CreateLogger("Rondo.Transport")));
            services.AddTransient<IStartupFilter, BlockingStartupFilter>();
        });
    }
}
