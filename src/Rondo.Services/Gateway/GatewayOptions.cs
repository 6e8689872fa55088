using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway;

/// <summary>Section <c>Gateway</c> of the configuration.</summary>
internal sealed class GatewayOptions : ICheckedOptions
{
    public const string Section = "Gateway";

    private AddressList? _trusted;
    private IReadOnlyList<RouteConfig>? _routes;

    /// <summary>
    /// Proxies in front whose word about clients counts, in CIDR notation. Default none: what clients say of
    /// themselves is replaced.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Whether a line is logged for each request on a route. Default no.</summary>
    public bool AccessLog { get; set; }

    /// <summary>Whether services that register can ask for routes. Default yes.</summary>
    public bool RegisteredRoutes { get; set; } = true;

    /// <summary>Routes by their ids, in the form of <c>PUT /gateway/routes/{id}</c>.</summary>
    public IConfigurationSection? Routes { get; set; }

    public AddressList Trusted => _trusted ??= AddressList.Parse(TrustedProxies).List!;

    /// <summary>What <see cref="Routes"/> says.</summary>
    public IReadOnlyList<RouteConfig> Configured => _routes ?? [];

    public IEnumerable<string> Check()
    {
        if (AddressList.Parse(TrustedProxies).Mistake is { } proxies)
        {
            yield return $"TrustedProxies: {proxies}";
        }

        var routes = new List<RouteConfig>();
        foreach (var section in Routes?.GetChildren() ?? [])
        {
            var mistake = "";
            try
            {
                using var body = SettingsJson.Of(section);
                routes.Add(RouteBody.Parse(section.Key, RouteSource.Settings, body.RootElement));
            }
            catch (RouteFault fault)
            {
                mistake = $"Routes:{section.Key}{fault.Pointer}: {fault.Message}";
            }

            if (mistake.Length > 0)
            {
                yield return mistake;
            }
        }

        // The section itself changes with the file; these do not.
        _routes = routes;
    }
}
