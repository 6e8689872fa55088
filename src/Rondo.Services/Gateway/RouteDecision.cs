using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>What is to be done with a request.</summary>
internal enum DecisionKind
{
    /// <summary>The gateway has no part in it.</summary>
    PassOn,

    /// <summary>It is refused.</summary>
    Refuse,

    /// <summary>It is for a service.</summary>
    Forward,

    /// <summary>A route is about one of our own paths: its limits hold, and we serve it.</summary>
    ServeHere,
}

/// <summary>What the routes say of a request, before its key is looked at.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Problem">Why it is refused.</param>
/// <param name="Route">The route.</param>
/// <param name="Target">What is asked for.</param>
/// <param name="Peer">Who asks.</param>
internal readonly record struct RouteDecision(
    DecisionKind Kind, Problem? Problem = null, RouteModel? Route = null, RequestTarget Target = default,
    ClientPeer Peer = default)
{
    public static RouteDecision Refused(Problem problem, RouteModel? route = null) =>
        new(DecisionKind.Refuse, problem, route);
}
