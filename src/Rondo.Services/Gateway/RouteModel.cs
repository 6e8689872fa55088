namespace Rondo.Services.Gateway;

/// <summary>A route in a table, with what outlives the table.</summary>
/// <threadsafety>Immutable; <see cref="State"/> has its own rules.</threadsafety>
internal sealed record RouteModel(RouteConfig Config, RouteState State) : IComparable<RouteModel>
{
    /// <summary>The order in which routes are tried: the longest path, then the nearest host, then priority.</summary>
    public int CompareTo(RouteModel? other)
    {
        var (one, two) = (Config, other!.Config);
        var order = two.Path.Literal.Length.CompareTo(one.Path.Literal.Length);
        order = order != 0 ? order : one.Path.IsPrefix.CompareTo(two.Path.IsPrefix);
        order = order != 0 ? order : HostLength(two).CompareTo(HostLength(one));
        order = order != 0 ? order : two.Priority.CompareTo(one.Priority);
        order = order != 0 ? order : (one.Methods.Count == 0).CompareTo(two.Methods.Count == 0);
        order = order != 0 ? order : one.Source.CompareTo(two.Source);
        return order != 0 ? order : string.CompareOrdinal(one.Id, two.Id);
    }

    private static int HostLength(RouteConfig route) =>
        route.Host == RouteConfig.AnyHost ? 0 : route.Host[0] == '*' ? route.Host.Length : 1000 + route.Host.Length;
}
