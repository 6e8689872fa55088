using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>
/// Decides about a request by its head: is it clear, which route is it for, may it be so large. A request and its
/// explanation go through the same steps.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RequestRules(
    RouteBook routes, BuiltInPaths builtIn, HopTrail hops, LiveOptions<GatewayOptions> options)
{
    // Of a name of the Domain Name System, with room for a dot at its end.
    private const int LongestHost = 256;

    /// <param name="context">The request; its answer gets <c>Allow</c> where that belongs.</param>
    /// <param name="trials">Takes down which routes were tried; null for a real request.</param>
    public RouteDecision Decide(HttpContext context, ICollection<RouteTrial>? trials = null)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method))
        {
            return RouteDecision.Refused(NoTunnel());
        }

        if (HttpMethods.IsTrace(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
            return RouteDecision.Refused(new Problem(
                ProblemType.MethodNotAllowed, "TRACE would show what browsers keep from pages."));
        }

        var own = builtIn.Find(request.Path.Value ?? "");
        return own is null ? ForService(context, trials) : ForUs(context, own, trials);
    }

    private RouteDecision ForUs(HttpContext context, string segment, ICollection<RouteTrial>? trials)
    {
        if (segment.Length == 0 || routes.Current is not { } table)
        {
            return new RouteDecision(DecisionKind.PassOn);
        }

        var request = context.Request;
        Span<char> host = stackalloc char[LongestHost];
        var match = table.MatchOwn(
            table.HasHosts ? HostOf(request, host) : "", segment, request.Path.Value, request.Method, trials);
        return match.Route is null
            ? new RouteDecision(DecisionKind.PassOn)
            : new RouteDecision(
                DecisionKind.ServeHere, null, match.Route, default, ClientPeer.Of(context, options.Current.Trusted));
    }

    private RouteDecision ForService(HttpContext context, ICollection<RouteTrial>? trials)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (raw == "*")
        {
            return new RouteDecision(DecisionKind.PassOn);
        }

        if (RequestTarget.Judge(raw, out var target) is not TargetFault.None and var fault)
        {
            return RouteDecision.Refused(new Problem(GatewayProblems.UnclearTarget, fault.Text()));
        }

        if (routes.Current is not { } table)
        {
            return RouteDecision.Refused(new Problem(
                ProblemType.NotReady, "The gateway has not read its routes yet. Try again in a second."));
        }

        var request = context.Request;
        Span<char> host = stackalloc char[LongestHost];
        var match = table.Match(
            table.HasHosts ? HostOf(request, host) : "", target.Path, request.Method, trials);
        if (match.Route is not { } route)
        {
            return match.Allow is null
                ? new RouteDecision(DecisionKind.PassOn, Target: target)
                : NotAllowed(context, match.Allow);
        }

        if (hops.IsLoop(request.Headers))
        {
            return RouteDecision.Refused(Loop(), route);
        }

        if (target.HasEncodedDelimiter && !route.Config.AllowsEncoded)
        {
            return RouteDecision.Refused(
                new Problem(
                    GatewayProblems.UnclearTarget,
                    "There is an escaped delimiter in the path, which servers read in different ways. "
                        + "A route with \"encoded\": \"forward\" lets it pass."),
                route);
        }

        if (request.ContentLength > route.Config.MaxBody)
        {
            // Nobody will read it.
            context.Response.Headers.Connection = "close";
            return RouteDecision.Refused(TooLarge(route.Config), route);
        }

        return new RouteDecision(
            DecisionKind.Forward, null, route, target, ClientPeer.Of(context, options.Current.Trusted));
    }

    public static Problem NoTunnel() => new(GatewayProblems.NoTunnel, "This is no proxy for tunnels.");

    public static Problem Loop() => new(
        GatewayProblems.RequestLoop, "This request has come by here before: a service sends it back to the gateway.");

    public static Problem TooLarge(RouteConfig route) => new(
        ProblemType.BodyTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"A body for this route has at most {route.MaxBody} bytes."));

    private static RouteDecision NotAllowed(HttpContext context, string allow)
    {
        context.Response.Headers.Allow = allow;
        return RouteDecision.Refused(new Problem(
            ProblemType.MethodNotAllowed,
            $"'{context.Request.Path}' takes {allow}, not {context.Request.Method}."));
    }

    // As HostString.Host has it, but without taking memory. What is longer is no name, and no route's.
    private static ReadOnlySpan<char> HostOf(HttpRequest request, Span<char> lower)
    {
        var value = request.Host.Value.AsSpan();
        var end = value.IndexOf(']') is var bracket and >= 0 ? bracket + 1 : value.IndexOf(':');
        value = (end < 0 ? value : value[..end]).TrimEnd('.');
        return value.Length > lower.Length ? default : lower[..value.ToLowerInvariant(lower)];
    }
}
