using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>The routes that a service asks for as a whole, each instance for its own.</summary>
/// <param name="Routes">What can be given.</param>
/// <param name="Ignored">What cannot.</param>
/// <param name="Since">When the first of its instances came.</param>
internal sealed record ClaimedRoutes(
    IReadOnlyList<RouteConfig> Routes, IReadOnlyList<IgnoredClaim> Ignored, DateTimeOffset Since)
{
    public bool IsSame(ClaimedRoutes other) =>
        Since == other.Since
        && Routes.Select(r => r.Id).SequenceEqual(other.Routes.Select(r => r.Id))
        && Ignored.SequenceEqual(other.Ignored);
}

/// <summary>
/// Reads from registrations which routes they ask for: by <c>routes</c>, or by the tag <c>gateway</c> for the usual
/// one, which clients of Consul can set, too. An instance that is gone for the moment keeps its route: who asks is told
/// that nobody answers, not that there is nothing.
/// </summary>
internal static class RouteClaims
{
    public const string Tag = "gateway";

    private const long LargestOwnBody = 64 * 1024 * 1024;

    public static ClaimedRoutes Of(ServiceView service, bool isOwn)
    {
        var wanted = service.All
            .SelectMany(i => i.Registration.Tags.Contains(Tag)
                ? i.Registration.Routes.Append($"/{service.Name}/**")
                : i.Registration.Routes)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var (routes, ignored) = (new List<RouteConfig>(), new List<IgnoredClaim>());
        foreach (var text in wanted)
        {
            var (path, mistake) = PathPattern.Parse(text);
            if (path is null || path.FirstSegment.Length == 0)
            {
                ignored.Add(new IgnoredClaim(service.Name, text, mistake ?? "A service cannot have all paths."));
                continue;
            }

            routes.Add(RouteOf(service.Name, path, isOwn));
        }

        return new ClaimedRoutes(
            routes, ignored, service.All.Select(i => i.Registered).DefaultIfEmpty(DateTimeOffset.MaxValue).Min());
    }

    /// <summary>The route that a service gets for a path.</summary>
    public static RouteConfig RouteOf(string service, PathPattern path, bool isOwn) => new()
    {
        Id = $"{service}:{path.Text[1..].Replace('/', '~')}",
        Source = RouteSource.Registered,
        Path = path,
        Service = service,
        Auth = isOwn ? RouteAuth.Own : RouteAuth.OfService(service),

        // Rondo's own services say by themselves how much each of their paths takes.
        MaxBody = isOwn ? LargestOwnBody : RouteConfig.DefaultMaxBody,
    };

    /// <summary>
    /// Settles who gets what: nobody takes a path below the name of another service that asks for routes, and of two
    /// who want the same path it stays with who was there first.
    /// </summary>
    /// <param name="claims">By service.</param>
    /// <param name="isReserved">Whether a first segment belongs to Rondo's own services.</param>
    public static (List<RouteConfig> Routes, List<IgnoredClaim> Ignored) Settle(
        IReadOnlyDictionary<string, ClaimedRoutes> claims, Func<string, bool> isReserved)
    {
        var (routes, ignored) = (new List<RouteConfig>(), new List<IgnoredClaim>());
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (service, claim) in claims
            .OrderBy(c => c.Value.Since).ThenBy(c => c.Key, StringComparer.Ordinal))
        {
            ignored.AddRange(claim.Ignored);
            foreach (var route in claim.Routes)
            {
                var first = route.Path.FirstSegment;
                var why = route.Auth.Kind is not AuthKind.Own && isReserved(first)
                        ? "It belongs to Rondo's own services."
                    : first != service && claims.TryGetValue(first, out var other) && other.Routes.Count > 0
                        ? $"It belongs to the service '{first}'."
                    : !taken.TryAdd(route.Path.Text, service)
                        ? $"The service '{taken[route.Path.Text]}' was there first."
                    : null;
                if (why is null)
                {
                    routes.Add(route);
                }
                else
                {
                    ignored.Add(new IgnoredClaim(service, route.Path.Text, why));
                }
            }
        }

        return (routes, ignored);
    }
}
