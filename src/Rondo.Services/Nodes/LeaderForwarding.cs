using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Gateway;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Hosting;

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
        if (HttpMethods.IsConnect(context.Request.Method))
        {
            state.CountForwarded("refused");
            await RequestRules.NoTunnel().WriteAsync(context);
            return;
        }

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
        var isDoubtful = false;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var changed = state.Changed;
            if (isOfNode && state.Role is NodeRole.Follower)
            {
                state.CountForwarded("refused");
                await NodeProblems.DoesNotLeadAsync(context);
                return;
            }

            if (state.Leader is { } leader && !leader.Rests(time))
            {
                var attempt = await TryAsync(context, leader);
                if (attempt is Attempt.Ended)
                {
                    return;
                }

                isDoubtful |= attempt is Attempt.Doubtful;
            }

            if (!await HoldAsync(context, changed, began, isDoubtful))
            {
                return;
            }
        }
    }

    private async Task<Attempt> TryAsync(HttpContext context, KnownLeader leader)
    {
        ForwardResult result;
        try
        {
            result = await forwarder.ForwardAsync(context, RequestTo(context, leader), leader.Gone);
        }
        catch (ArgumentException error)
        {
            state.CountForwarded("refused");
            await FailureText.OfBody(context, error).WriteAsync(context);
            return Attempt.Ended;
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

            return Attempt.Ended;
        }

        if (result.Outcome is ForwardOutcome.ClientLeft)
        {
            state.CountForwarded("abandoned");
            return Attempt.Ended;
        }

        if (result.Outcome is ForwardOutcome.Discarded)
        {
            leader.Rest(time);
            return result.IsBodyTouched ? await RefuseAsync(context) : Attempt.Untaken;
        }

        Tell(leader, context.Request.Method, result);
        if (!context.Response.HasStarted && MayRepeat(result, context.Request.Method))
        {
            return result.IsUnsent || IsSafe(context.Request.Method) ? Attempt.Untaken : Attempt.Doubtful;
        }

        state.CountForwarded("lost");
        if (!context.Response.HasStarted)
        {
            await (result.Outcome is ForwardOutcome.BodyFailed
                ? FailureText.OfBody(context, result.Error).WriteAsync(context)
                : NodeProblems.IsLostAsync(context));
        }

        return Attempt.Ended;
    }

    // Nobody has taken it, and what has come of its body is gone.
    private async Task<Attempt> RefuseAsync(HttpContext context)
    {
        state.CountForwarded("refused");
        await NodeProblems.WasNotTakenAsync(context);
        return Attempt.Ended;
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
            && (IsSafe(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)));

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>Waits a moment for a leader; false after an answer that there is none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="changed">Completes when there is news of the leader.</param>
    /// <param name="began">When it came.</param>
    /// <param name="isDoubtful">Whether a leader that was lost may have done it.</param>
    private async Task<bool> HoldAsync(HttpContext context, Task changed, long began, bool isDoubtful)
    {
        var left = options.Hold - time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero)
        {
            await GiveUpAsync(context, isDoubtful, NodeProblems.NobodyLeads(options.Hold));
            return false;
        }

        if (Interlocked.Increment(ref _held) > MostHeld)
        {
            Interlocked.Decrement(ref _held);
            await GiveUpAsync(context, isDoubtful, NodeProblems.TooManyWait());
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

    private Task GiveUpAsync(HttpContext context, bool isDoubtful, Problem problem)
    {
        state.CountForwarded(isDoubtful ? "lost" : "unled");
        return isDoubtful ? NodeProblems.IsLostAsync(context) : NodeProblems.LaterAsync(context, problem);
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
            IsTargetJudgedThere = true,
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

    private enum Attempt
    {
        /// <summary>Its client has an answer, or is gone.</summary>
        Ended,

        /// <summary>Nothing was done, and it can be sent again.</summary>
        Untaken,

        /// <summary>It may have been done, and can be sent again: twice is the same as once.</summary>
        Doubtful,
    }
}
