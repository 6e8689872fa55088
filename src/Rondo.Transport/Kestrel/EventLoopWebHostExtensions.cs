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
    /// answered where their bytes arrive.
    /// </summary>
    /// <param name="builder">The web host.</param>
    /// <param name="configure">Changes the defaults.</param>
    public static IWebHostBuilder UseEventLoop(
        this IWebHostBuilder builder, Action<LoopTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services =>
        {
            services.Configure(configure ?? (_ => { }));
            services.AddSingleton<IConnectionListenerFactory, LoopTransportFactory>();
        });
    }
}
