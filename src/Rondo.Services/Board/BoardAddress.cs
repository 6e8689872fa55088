using System.Net;

namespace Rondo.Services.Board;

/// <summary>Where other machines find this board.</summary>
internal static class BoardAddress
{
    /// <summary>The address by which a telephone opens the board; null when it cannot reach this server.</summary>
    public static string? ForPhones(HttpContext context)
    {
        var host = context.Request.Host;
        return host.HasValue && !IsThisMachine(host.Host)
            && Uri.TryCreate($"{context.Request.Scheme}://{host}/", UriKind.Absolute, out var address)
                ? address.AbsoluteUri
                : null;
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
