using Rondo.Services.Hosting;
using Rondo.Services.Registry;

namespace Rondo.Services.Gateway;

/// <summary>
/// The routes as they are now, from the settings, from administrators and from services. A new table is made by the
/// first request after a change: so a route is there with the registration that asks for it, no thread waits for
/// changes, and requests that have begun keep what they began with.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteBook(
    IRegistryView registry, LiveOptions<GatewayOptions> options, ReservedNames reserved, TimeProvider time,
    ExpectedServices expected)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ServiceView View, ClaimedRoutes Claims)> _claims = [];
    private Dictionary<string, RouteState> _states = [];
    private IReadOnlyDictionary<string, RouteConfig>? _stored;
    private Seen? _seen;

    /// <summary>The routes of administrators; null until they have been read.</summary>
    public IReadOnlyDictionary<string, RouteConfig>? Stored
    {
        get => Volatile.Read(ref _stored);
        set => Volatile.Write(ref _stored, value);
    }

    /// <summary>The table; null until everything has been read.</summary>
    public RouteTable? Current
    {
        get
        {
            var seen = Volatile.Read(ref _seen);
            return seen is not null && seen.IsOf(registry.Current, options.Current, Stored) ? seen.Table : Make();
        }
    }

    private RouteTable? Make()
    {
        using var scope = _gate.EnterScope();
        if (registry.Current is not { } snapshot || Stored is not { } stored)
        {
            return null;
        }

        var settings = options.Current;
        if (_seen?.IsOf(snapshot, settings, stored) is true)
        {
            return _seen.Table;
        }

        var hasChanged = Follow(snapshot, settings) || _seen is null
            || !ReferenceEquals(settings, _seen.Settings) || !ReferenceEquals(stored, _seen.Stored);
        var table = hasChanged ? Make(settings, stored) : _seen!.Table;
        Volatile.Write(ref _seen, new Seen(snapshot, settings, stored, table));
        return table;
    }

    /// <summary>Whether services ask for something else than before.</summary>
    private bool Follow(RegistrySnapshot snapshot, GatewayOptions settings)
    {
        var services = settings.RegisteredRoutes ? snapshot.Services : snapshot.Services.Clear();
        var hasChanged = false;
        foreach (var gone in _claims.Keys.Where(n => !services.ContainsKey(n)).ToList())
        {
            hasChanged |= _claims.Remove(gone);
        }

        foreach (var (name, view) in services)
        {
            var isKnown = _claims.TryGetValue(name, out var before);
            if (isKnown && ReferenceEquals(before.View, view))
            {
                continue;
            }

            var claims = RouteClaims.Of(view, reserved.Contains(name));
            var isSame = isKnown && before.Claims.IsSame(claims);
            _claims[name] = (view, isSame ? before.Claims : claims);
            hasChanged |= !isSame;
        }

        return hasChanged;
    }

    private RouteTable Make(GatewayOptions settings, IReadOnlyDictionary<string, RouteConfig> stored)
    {
        var (claimed, ignored) = RouteClaims.Settle(
            _claims.ToDictionary(c => c.Key, c => c.Value.Claims), reserved.Contains);
        var written = settings.Configured.Concat(
            stored.Values.Where(s => settings.Configured.All(c => c.Id != s.Id)));
        var routes = written.Select(OwnRule).Concat(claimed.UnionBy(expected.Routes, c => c.Id))
            .Select(c => new RouteModel(c, StateOf(c))).ToList();
        _states = routes.ToDictionary(r => r.Config.Id, r => r.State);
        return new RouteTable(routes, ignored);
    }

    // Where nobody has said who may use a route to a service of Rondo's own, the service knows.
    private RouteConfig OwnRule(RouteConfig route) =>
        reserved.Contains(route.Service) && route.Auth.IsUsualOf(route.Service)
            ? route with { Auth = RouteAuth.Own }
            : route;

    private RouteState StateOf(RouteConfig route) =>
        _states.TryGetValue(route.Id, out var known)
            ? known.With(route.Limit)
            : new RouteState(time, route.Limit);

    private sealed record Seen(
        RegistrySnapshot Registry, GatewayOptions Settings, IReadOnlyDictionary<string, RouteConfig> Stored,
        RouteTable Table)
    {
        public bool IsOf(
            RegistrySnapshot? registry, GatewayOptions settings, IReadOnlyDictionary<string, RouteConfig>? stored) =>
            ReferenceEquals(registry, Registry) && ReferenceEquals(settings, Settings)
            && ReferenceEquals(stored, Stored);
    }
}
