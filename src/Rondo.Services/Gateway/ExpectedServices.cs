using Rondo.Services.Registry.Joining;

namespace Rondo.Services.Gateway;

/// <summary>
/// Services that belong here and run in processes of their own: their paths are theirs whether they are registered or
/// not, so that who asks while one restarts is told to come again.
/// </summary>
/// <param name="All">Each with the paths that it answers.</param>
internal sealed record ExpectedServices(IReadOnlyList<OwnService> All)
{
    public static ExpectedServices None { get; } = new([]);

    /// <summary>The routes that they have in any case.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; } =
    [
        .. All.SelectMany(service => service.Routes.Select(text =>
            RouteClaims.RouteOf(service.Name, PathPattern.Parse(text).Pattern!, isOwn: true))),
    ];

    /// <summary>First segments of their paths.</summary>
    public IReadOnlySet<string> Segments { get; } = All.SelectMany(s => s.Routes)
        .Select(r => r.Split('/')[1]).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
