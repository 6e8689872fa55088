using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Nodes;

/// <summary>
/// Sends requests on to who leads. What has not been sent yet waits while nobody does, up to a limit; so does what may
/// be sent twice (RFC 9110 section 9.2.2) and was lost with a leader.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class LeaderForwarding(
    NodeState state, NodeProof proof, NodeOptions options, LoopForwarder forwarder, TimeProvider time,
    ILogger<LeaderForwarding> logger)
{
    private const int MostHeld = 1000;

    // Of a leader that is named and does not listen: it is asked again.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // The leader sets the limits; these are for one that neither answers nor leaves.
    private static readonly ForwardLimits s_limits =
        new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));

    private int _held;
    private KnownLeader? _told;

    /// <summary>Answers by the leader's answer, or says why there is none.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (began, isOfNode) = (time.GetTimestamp(), false);
        if (context.Request.Headers.ContainsKey(NodeProof.Field))
        {
            if (proof.Read(context, out _) is not { } peer)
            {
                NodesLog.ProofRefused(logger, context.Connection.RemoteIpAddress);
                await NodeProblems.IsNoProofAsync(context);
                return;
            }

            // This node has the lease and is about to answer, or the other one is behind the times.
            isOfNode = true;
            peer.ApplyTo(context);
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        context.Response.OnStarting(() =>
        {
            state.RecordTime(time.GetElapsedTime(began));
            return Task.CompletedTask;
        });
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var changed = state.Changed;
            if (isOfNode && state.Role is NodeRole.Follower)
            {
                state.CountForwarded("refused");
                await NodeProblems.DoesNotLeadAsync(context);
                return;
            }

            if (state.Leader is { } leader && !leader.Rests(time) && await TryAsync(context, leader))
            {
                return;
            }

            if (!await HoldAsync(context, changed, began))
            {
                return;
            }
        }
    }

    /// <summary>False when nothing has come of it, and it can be tried again.</summary>
    private async Task<bool> TryAsync(HttpContext context, KnownLeader leader)
    {
        ForwardResult result;
        try
        {
            result = await forwarder.ForwardAsync(context, RequestTo(context, leader), leader.Gone);
        }
        catch (ArgumentException error)
        {
            state.CountForwarded("refused");
            await NodeProblems.IsNoRequestAsync(context, error.Message);
            return true;
        }

        if (result.Outcome is ForwardOutcome.Completed)
        {
            _told = null;
            state.CountForwarded("answered");
            if (!context.Response.HasStarted)
            {
                // An answer without a body is the leader's, too.
                await context.Response.StartAsync(context.RequestAborted);
            }

            return true;
        }

        if (result.Outcome is ForwardOutcome.ClientLeft)
        {
            state.CountForwarded("abandoned");
            return true;
        }

        if (result.Outcome is ForwardOutcome.Discarded)
        {
            leader.Rest(time);
            return result.IsBodyTouched && await RefuseAsync(context);
        }

        Tell(leader, context.Request.Method, result);
        if (!context.Response.HasStarted && MayRepeat(result, context.Request.Method))
        {
            return false;
        }

        state.CountForwarded("lost");
        if (!context.Response.HasStarted)
        {
            await (result.Outcome is ForwardOutcome.BodyFailed
                ? NodeProblems.IsNoRequestAsync(context, "The body of this request did not come whole.")
                : NodeProblems.IsLostAsync(context));
        }

        return true;
    }

    // Nobody has taken it, and what has come of its body is gone.
    private async Task<bool> RefuseAsync(HttpContext context)
    {
        state.CountForwarded("refused");
        await NodeProblems.WasNotTakenAsync(context);
        return true;
    }

    // Whoever is held asks again and again; the first time says it.
    private void Tell(KnownLeader leader, string method, in ForwardResult result)
    {
        var isConnected = result.Outcome is not (ForwardOutcome.ConnectFailed or ForwardOutcome.ConnectTimeout);
        if (result.Outcome is not ForwardOutcome.BodyFailed
            && (isConnected || !ReferenceEquals(Interlocked.Exchange(ref _told, leader), leader)))
        {
            NodesLog.LeaderFailed(logger, leader.Name, method, result.Outcome.ToString(), result.Detail);
        }
    }

    private static bool MayRepeat(in ForwardResult result, string method) =>
        result.IsUnsent
        || (result.Outcome is ForwardOutcome.ConnectionLost or ForwardOutcome.Cancelled && !result.IsBodyTouched
            && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
                || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)));

    /// <summary>Waits a moment for a leader; false after an answer that there is none.</summary>
    private async Task<bool> HoldAsync(HttpContext context, Task changed, long began)
    {
        var left = options.Hold - time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero)
        {
            state.CountForwarded("unled");
            await NodeProblems.NobodyLeadsAsync(context, options.Hold);
            return false;
        }

        if (Interlocked.Increment(ref _held) > MostHeld)
        {
            Interlocked.Decrement(ref _held);
            state.CountForwarded("unled");
            await NodeProblems.TooManyWaitAsync(context);
            return false;
        }

        try
        {
            // Who is named and does not listen may do so in a moment; where nobody is named, there is news of it.
            var pause = state.Leader is null || left < s_pause ? left : s_pause;
            await changed.WaitAsync(pause, time, context.RequestAborted);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            // The next look says what it means.
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }

        return true;
    }

    private ForwardRequest RequestTo(HttpContext context, KnownLeader leader)
    {
        var request = context.Request;
        var host = request.Headers.Host.ToString() is { Length: > 0 } sent ? sent : leader.Address.Authority;
        var target = FollowedTarget.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var made = new ForwardRequest
        {
            Upstream = leader.Address,
            Method = request.Method,
            Target = target,
            Host = host,
            Limits = s_limits,
        };
        FollowedHeaders.Copy(context, made.Headers);

        // One for the logs of both nodes.
        made.Headers.Add(new(FollowedHeaders.RequestId, context.TraceIdentifier));
        var proven = proof.Write(state.Name, FollowedPeer.Of(context), request.Method, target, host);
        made.Headers.Add(new(NodeProof.Field, proven));
        made.Refusal = new(NodeProof.Field, proven);
        return made;
    }
}
