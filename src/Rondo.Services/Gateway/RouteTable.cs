using System.Collections.Frozen;

namespace Rondo.Services.Gateway;

/// <summary>Why a route was or was not the one.</summary>
internal readonly record struct RouteTrial(RouteModel Route, string Why);

/// <summary>What a table says of a request.</summary>
/// <param name="Route">The route; null for none.</param>
/// <param name="Allow">The methods that routes for this path take, when none takes this one.</param>
internal readonly record struct RouteMatch(RouteModel? Route, string? Allow = null);

/// <summary>A route that a service wants and does not get.</summary>
internal sealed record IgnoredClaim(string Service, string Path, string Why);

/// <summary>All routes at one moment, found by the first segment of a path.</summary>
/// <threadsafety>Immutable.</threadsafety>
internal sealed class RouteTable
{
    public const string IsTheOne = "takes it";

    private static readonly RouteModel[] None = [];

    private readonly FrozenDictionary<string, RouteModel[]>.AlternateLookup<ReadOnlySpan<char>> _bySegment;
    private readonly RouteModel[] _anywhere;

    public RouteTable(IEnumerable<RouteModel> routes, IReadOnlyList<IgnoredClaim> ignored)
    {
        (All, Ignored) = ([.. routes.Order()], ignored);
        _anywhere = [.. All.Where(r => r.Config.Path.FirstSegment.Length == 0)];
        _bySegment = All.Where(r => r.Config.Path.FirstSegment.Length > 0)
            .GroupBy(r => r.Config.Path.FirstSegment)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        HasHosts = All.Any(r => r.Config.Host != RouteConfig.AnyHost);
    }

    /// <summary>In the order in which they are tried.</summary>
    public IReadOnlyList<RouteModel> All { get; }

    public IReadOnlyList<IgnoredClaim> Ignored { get; }

    /// <summary>Whether the host of a request matters.</summary>
    public bool HasHosts { get; }

    /// <summary>The route of a request.</summary>
    /// <param name="host">In lower case, without a port; anything while <see cref="HasHosts"/> is false.</param>
    /// <param name="path">As <see cref="RequestTarget"/> has it.</param>
    /// <param name="method">The method.</param>
    /// <param name="trials">Takes down what was tried.</param>
    public RouteMatch Match(
        ReadOnlySpan<char> host, ReadOnlySpan<char> path, string method, ICollection<RouteTrial>? trials = null)
    {
        var near = _bySegment.TryGetValue(RequestTarget.FirstSegment(path), out var found) ? found : None;
        var allow = "";
        return Match(near, host, path, method, StringComparison.Ordinal, ref allow, trials)
            ?? Match(_anywhere, host, path, method, StringComparison.Ordinal, ref allow, trials)
            ?? new RouteMatch(null, allow.Length == 0 ? null : allow);
    }

    /// <summary>
    /// The route of a request to one of Rondo's own paths, compared as those are: whatever the case, with or without a
    /// slash at the end.
    /// </summary>
    /// <param name="host">As above.</param>
    /// <param name="segment">The first segment, as the routes write it.</param>
    /// <param name="path">As the server has decoded it.</param>
    /// <param name="method">The method.</param>
    /// <param name="trials">As above.</param>
    public RouteMatch MatchOwn(
        ReadOnlySpan<char> host, string segment, ReadOnlySpan<char> path, string method,
        ICollection<RouteTrial>? trials = null)
    {
        var allow = "";
        return _bySegment.TryGetValue(segment, out var found)
            && Match(found, host, path.TrimEnd('/'), method, StringComparison.OrdinalIgnoreCase, ref allow, trials)
                is { } match
                ? match
                : default;
    }

    private static RouteMatch? Match(
        RouteModel[] routes, ReadOnlySpan<char> host, ReadOnlySpan<char> path, string method,
        StringComparison comparison, ref string allow, ICollection<RouteTrial>? trials)
    {
        foreach (var route in routes)
        {
            var config = route.Config;
            var why = !config.Path.Matches(path, comparison) ? "another path"
                : !config.IsFor(host) ? "another host"
                : !config.Takes(method) ? "another method"
                : IsTheOne;
            trials?.Add(new RouteTrial(route, why));
            if (ReferenceEquals(why, IsTheOne))
            {
                return new RouteMatch(route);
            }

            if (why == "another method")
            {
                allow = string.Join(", ", allow.Split(", ", StringSplitOptions.RemoveEmptyEntries)
                    .Union(config.Methods).Union(config.Methods.Contains("GET") ? ["HEAD"] : []));
            }
        }

        return null;
    }
}
