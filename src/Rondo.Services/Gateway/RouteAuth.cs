namespace Rondo.Services.Gateway;

/// <summary>Who may use a route.</summary>
internal enum AuthKind
{
    /// <summary>Everybody.</summary>
    Public,

    /// <summary>Who shows a key with the scopes.</summary>
    Key,

    /// <summary>Rondo's own service decides, by the same keys: it gets them as they were sent.</summary>
    Own,
}

/// <summary>What a route asks of who uses it.</summary>
/// <param name="Kind">Of whom.</param>
/// <param name="ReadScopes">All that a key needs for GET, HEAD and OPTIONS; empty for any key.</param>
/// <param name="WriteScopes">The same for other methods.</param>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record RouteAuth(
    AuthKind Kind, IReadOnlyList<string> ReadScopes, IReadOnlyList<string> WriteScopes)
{
    public static RouteAuth Public { get; } = new(AuthKind.Public, [], []);

    public static RouteAuth Own { get; } = new(AuthKind.Own, [], []);

    /// <summary>What holds where nobody has said anything: <c>printer:read</c>, <c>printer:write</c>.</summary>
    public static RouteAuth OfService(string service) =>
        new(AuthKind.Key, [service + ":read"], [service + ":write"]);

    public bool IsUsualOf(string service) =>
        Kind is AuthKind.Key
        && ReadScopes is [var read] && read == service + ":read"
        && WriteScopes is [var write] && write == service + ":write";

    public IReadOnlyList<string> ScopesFor(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method)
            ? ReadScopes
            : WriteScopes;
}
