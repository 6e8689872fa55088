using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Nodes;

/// <summary>What goes wrong between nodes.</summary>
internal static class NodeProblems
{
    private const string Soon = "1";

    private static readonly ProblemType NoLeader = new("no-leader", 503, "No node leads at present");

    // As the store says it, which is the same to a client.
    private static readonly ProblemType NotLeader = new("not-leader", 503, "Another node leads")
    {
        RetryAfterSeconds = 1,
    };

    private static readonly ProblemType LeaderLost = new("leader-lost", 502, "The leading node was lost");
    private static readonly ProblemType NodeProof = new("node-proof", 400, "Not sent on by a node");

    public static Problem NobodyLeads(TimeSpan held) => new(
        NoLeader,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Nobody has answered as the leader for {held.TotalSeconds:0.#} s. Nothing was done; ask again."));

    public static Problem TooManyWait() => new(
        NoLeader, "Nobody leads, and as many requests as this node holds wait for that. Nothing was done; ask again.");

    /// <summary>
    /// For a request that a follower has sent on. Its proof goes back, which nobody else has seen: so the follower
    /// knows that this node has not taken the request, and who waits there does not see this answer.
    /// </summary>
    public static Task DoesNotLeadAsync(HttpContext context)
    {
        context.Response.Headers[Nodes.NodeProof.Field] = context.Request.Headers[Nodes.NodeProof.Field];
        return WasNotTakenAsync(context);
    }

    /// <summary>For the client of such a request, when it cannot be sent again.</summary>
    public static Task WasNotTakenAsync(HttpContext context) => LaterAsync(context, new Problem(
        NotLeader, "The node that was asked does not lead, or is about to end. Nothing was done; ask again."));

    /// <summary>What was sent may have been done.</summary>
    public static Task IsLostAsync(HttpContext context) => LaterAsync(context, new Problem(
        LeaderLost,
        "The leading node did not answer to the end: what was asked may have been done or not. The same request with "
            + "the same client_id or sequence is done once."));

    public static Task IsNoProofAsync(HttpContext context) => new Problem(
        NodeProof,
        $"The field {Nodes.NodeProof.Field} is for nodes, and its proof does not hold: it is none, or clocks differ by "
            + "more than a minute.").WriteAsync(context);

    /// <summary>Writes a problem that is gone in a moment.</summary>
    public static Task LaterAsync(HttpContext context, Problem problem)
    {
        context.Response.Headers.RetryAfter = Soon;
        return problem.WriteAsync(context);
    }
}
