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

    private async Task ServeAsync(HttpContext context, RouteDecision decision)
    {
        if (decision.Peer.IsProxied)
        {
            // For keys, limits and the audit it is the client that counts, and not the proxy that speaks of it.
            context.Connection.RemoteIpAddress = decision.Peer.Address;
        }

        var (key, problem) = await guard.CheckAsync(context, decision.Route!, decision.Peer.Address);
        if (problem is not null)
        {
            decision.Route!.State.Add(RouteOutcome.Refused);
            await problem.WriteAsync(context);
        }
        else if (decision.Kind is DecisionKind.ServeHere)
        {
            await next(context);
            decision.Route!.State.Add(RouteOutcome.Answered);
        }
        else
        {
            await forwarding.ServeAsync(context, decision, key, next);
        }
    }
}
