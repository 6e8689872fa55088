using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>The kinds of refusal; docs/services/gateway.md lists when each is answered.</summary>
internal static class GatewayProblems
{
    public static readonly ProblemType UnclearTarget = new("unclear-target", 400, "Address read in different ways");
    public static readonly ProblemType BrokenBody = new("broken-body", 400, "Body broken");
    public static readonly ProblemType NoRoute = new("no-route", 404, "No such route");
    public static readonly ProblemType RouteElsewhere = new("route-elsewhere", 409, "Route kept elsewhere");
    public static readonly ProblemType InvalidRoute = new("invalid-route", 422, "Route not taken");
    public static readonly ProblemType TooManyRoutes = new("too-many-routes", 429, "Too many routes");
    public static readonly ProblemType NoTunnel = new("no-tunnel", 501, "No tunnels");
    public static readonly ProblemType UpstreamFailed = new("upstream-failed", 502, "The service failed");
    public static readonly ProblemType NoHealthyInstance =
        new("no-healthy-instance", 503, "No instance takes calls");
    public static readonly ProblemType CircuitOpen = new("circuit-open", 503, "The service has failed too often");
    public static readonly ProblemType UpstreamTimeout = new("upstream-timeout", 504, "The service was too slow");
    public static readonly ProblemType RequestLoop = new("request-loop", 508, "The request goes round in a circle");
}
