using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>The protocol that a client asks to change to.</summary>
internal static class AskedUpgrade
{
    /// <summary>
    /// Its name; null if nothing is asked, or what the gateway does not pass on: several at once, and <c>h2c</c>, since
    /// what follows would be requests that nobody has judged.
    /// </summary>
    public static string? Of(HttpContext context) =>
        context.Request.Headers.Upgrade is [{ } name] && FieldText.IsToken(name.Replace("/", ""))
        && !name.StartsWith("h2c", StringComparison.OrdinalIgnoreCase)
        && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } ? name : null;
}
