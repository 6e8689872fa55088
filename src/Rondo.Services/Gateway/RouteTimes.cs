using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Gateway;

/// <summary>How long a request on a route may take.</summary>
/// <param name="Limits">The parts of each exchange.</param>
/// <param name="Total">All of it, with every attempt.</param>
/// <param name="IsTotalSet">
/// Whether somebody has set the total. Else it ends when the answer begins, which may be a stream or a long download:
/// from then on the idle limit guards it.
/// </param>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record RouteTimes(ForwardLimits Limits, TimeSpan Total, bool IsTotalSet)
{
    public static RouteTimes Default { get; } = new(ForwardLimits.Default, TimeSpan.FromSeconds(30), false);
}
