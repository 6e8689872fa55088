using Microsoft.AspNetCore.Http;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>What a request on an event loop can have besides.</summary>
/// <threadsafety>As the request.</threadsafety>
public static class LoopHttpContextExtensions
{
    /// <summary>
    /// Connects on the event loop that the request's own connection is on, so that a gateway passes a request on
    /// without changing threads.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>
    /// The same for all connections of one loop, so that a pool of connections can be kept for each; with the default
    /// options. It belongs to the server: disposing it does nothing, and its connections end with the loop. Null if the
    /// server does not run on event loops.
    /// </returns>
    public static LoopConnector? GetLoopConnector(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<LoopConnection>()?.Socket.Thread.Connector;
    }
}
