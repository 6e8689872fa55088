namespace Rondo.Services.Nodes;

/// <summary>
/// The leader's side: a request that a follower proves to have sent on is seen as its client's; one that only says so
/// is refused, since followers send none such.
/// </summary>
internal sealed class NodeProofMiddleware(
    RequestDelegate next, NodeState state, NodeProof proof, NodeOptions options, ILogger<NodeProofMiddleware> logger)
{
    public const string NodeField = "X-Rondo-Node";

    public Task InvokeAsync(HttpContext context)
    {
        if (options.ShowNode)
        {
            context.Response.Headers[NodeField] = state.Name;
        }

        if (state.IsLeaving && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // What came here on the connection's next request would be cut off.
            context.Response.Headers.Connection = "close";
        }

        if (!context.Request.Headers.ContainsKey(NodeProof.Field))
        {
            return next(context);
        }

        if (proof.Read(context, out _) is not { } peer)
        {
            NodesLog.ProofRefused(logger, context.Connection.RemoteIpAddress);
            return NodeProblems.IsNoProofAsync(context);
        }

        if (state.IsLeaving)
        {
            return NodeProblems.DoesNotLeadAsync(context);
        }

        context.Request.Headers.Remove(NodeProof.Field);
        peer.ApplyTo(context);
        return next(context);
    }
}
