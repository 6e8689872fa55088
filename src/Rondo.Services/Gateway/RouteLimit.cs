using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>Whose requests are counted together.</summary>
internal enum LimitSubject
{
    /// <summary>Those of a key; of an address where the route needs none.</summary>
    Key,

    /// <summary>Those of an address; of IPv6, of a network of 64 bits.</summary>
    Address,

    /// <summary>All on the route.</summary>
    Route,
}

/// <summary>How often a route may be used.</summary>
/// <param name="Rate">So many in a time.</param>
/// <param name="Burst">So many at once.</param>
/// <param name="By">By whom.</param>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record RouteLimit(KeyRate Rate, int Burst, LimitSubject By);
