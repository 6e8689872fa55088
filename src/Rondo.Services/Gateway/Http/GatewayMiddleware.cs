using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway.Http;

/// <summary>
/// Stands before the platform's routing: sends on what is for a service behind the gateway, and leaves the rest, which
/// is what this process serves itself and what nobody has.
/// </summary>
internal sealed class GatewayMiddleware(
    RequestDelegate next, RequestRules rules, RouteGuard guard, RouteForwarding forwarding)
{
    public Task InvokeAsync(HttpContext context)
    {
        var decision = rules.Decide(context);
        switch (decision.Kind)
        {
            case DecisionKind.PassOn:
                return next(context);
            case DecisionKind.Refuse:
                decision.Route?.State.Add(RouteOutcome.Refused);
                return decision.Problem!.WriteAsync(context);
            default:
                return ServeAsync(context, decision);
        }
    }

    private Task ServeAsync(HttpContext context, in RouteDecision decision)
    {
        if (decision.Peer.IsProxied)
        {
            // For keys, limits and the audit it is the client that counts, and not the proxy that speaks of it.
            context.Connection.RemoteIpAddress = decision.Peer.Address;
        }

        // With keys of this process the answer is there at once.
        var check = guard.CheckAsync(context, decision.Route!, decision.Peer.Address);
        if (!check.IsCompletedSuccessfully)
        {
            return WaitAsync(context, decision, check);
        }

        var (key, problem) = check.Result;
        return ServeAsync(context, decision, key, problem);
    }

    private async Task WaitAsync(
        HttpContext context, RouteDecision decision, ValueTask<(StoredKey? Key, Problem? Problem)> check)
    {
        var (key, problem) = await check;
        await ServeAsync(context, decision, key, problem);
    }

    private Task ServeAsync(HttpContext context, in RouteDecision decision, StoredKey? key, Problem? problem)
    {
        var state = decision.Route!.State;
        if (problem is not null)
        {
            state.Add(RouteOutcome.Refused);
            return problem.WriteAsync(context);
        }

        if (decision.Kind is not DecisionKind.ServeHere)
        {
            return forwarding.ServeAsync(context, decision, key, next);
        }

        var served = next(context);
        if (!served.IsCompletedSuccessfully)
        {
            return CountAsync(served, state);
        }

        state.Add(RouteOutcome.Answered);
        return served;
    }

    private static async Task CountAsync(Task served, RouteState state)
    {
        await served;
        state.Add(RouteOutcome.Answered);
    }
}
