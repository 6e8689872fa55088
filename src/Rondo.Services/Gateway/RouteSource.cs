namespace Rondo.Services.Gateway;

/// <summary>Who wants a route; of two that are otherwise alike the former comes first.</summary>
internal enum RouteSource
{
    /// <summary>The configuration.</summary>
    Settings,

    /// <summary>An administrator, over HTTP.</summary>
    Stored,

    /// <summary>A service that has registered.</summary>
    Registered,
}
