namespace Rondo.Services.Gateway.Upstream;

/// <summary>Sends a request on to an upstream and its answer back to the client.</summary>
/// <threadsafety>Called on the thread that serves the request; answers on it.</threadsafety>
internal interface IForwarder
{
    /// <summary>
    /// Forwards. Bodies of both directions stream in bounded memory; upgraded connections are copied both ways until
    /// one side ends. A field that the answer of <paramref name="context"/> has already wins over the upstream's.
    /// </summary>
    /// <param name="context">The client's request, whose body and abort are read, and its answer.</param>
    /// <param name="request">What is sent, judged and complete; nothing else of the client's request is.</param>
    /// <param name="cancellationToken">
    /// Ends the exchange with <see cref="ForwardOutcome.Cancelled"/>: the limit of the whole request, or the server's
    /// stop.
    /// </param>
    /// <returns>
    /// How it ended. While <c>context.Response.HasStarted</c> is false the client has seen nothing, and the caller
    /// answers; when it has started and the exchange failed, the forwarder has cut the client's connection.
    /// </returns>
    ValueTask<ForwardResult> ForwardAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken);
}
