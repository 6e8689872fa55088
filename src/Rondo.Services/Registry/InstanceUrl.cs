using System.Net;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>
/// Where a caller is, and where this server is, as far as it matters for the addresses it may register.
/// </summary>
/// <param name="IsRemote">Whether the caller is on another machine.</param>
/// <param name="Local">The address that the caller has reached us at; null when unknown.</param>
/// <param name="Host">The name that the caller has reached us by, in lower case.</param>
/// <param name="Ports">The ports that we listen on.</param>
internal sealed record RegistrantPlace(bool IsRemote, IPAddress? Local, string Host, IReadOnlyCollection<int> Ports);

/// <summary>Which addresses an instance can be at.</summary>
internal static class InstanceUrl
{
    private const int Longest = 512;

    /// <summary>What is wrong with an address; null when it can be taken.</summary>
    public static string? Mistake(string text, RegistrantPlace place)
    {
        if (text.Length is 0 or > Longest || text.AsSpan().ContainsAnyExceptInRange('!', '~')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || !text.StartsWith(url.Scheme + "://", StringComparison.OrdinalIgnoreCase))
        {
            return "'url' is an http or https address such as http://10.0.0.5:8080.";
        }

        if (url.UserInfo.Length > 0 || text.Contains('@'))
        {
            return "'url' carries no name and no password.";
        }

        if (text.AsSpan().ContainsAny('?', '#', '\\') || text.Contains("/..", StringComparison.Ordinal))
        {
            return "'url' has no query, no fragment and no way up.";
        }

        if (url.Port is <= 0 or > 65535)
        {
            return "'url' has a port from 1 to 65535.";
        }

        return text.Contains('%') && url.HostNameType is UriHostNameType.IPv6
            ? "'url' names no interface of another machine (an IPv6 zone)."
            : PlaceMistake(url, place);
    }

    private static string? PlaceMistake(Uri url, RegistrantPlace place)
    {
        var host = url.IdnHost.TrimEnd('.').ToLowerInvariant();
        var isAddress = IPAddress.TryParse(host.Trim('[', ']'), out var parsed);
        var address = parsed is { IsIPv4MappedToIPv6: true } ? parsed.MapToIPv4() : parsed;
        if (!isAddress && (url.HostNameType is not UriHostNameType.Dns || host.Length == 0))
        {
            return "'url' names a host or an address.";
        }

        if (address is not null && !PublicAddress.IsNearby(address))
        {
            return $"'{host}' is an address that no service is at: link-local, a group, or none.";
        }

        var isLoopback = host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal)
            || (address is not null && IPAddress.IsLoopback(address));
        if (isLoopback && place.IsRemote)
        {
            return $"'{host}' is this machine for everybody who asks; name the address that others reach you at.";
        }

        var isHere = isLoopback || host == place.Host || (address is not null && address.Equals(place.Local));
        return isHere && place.Ports.Contains(url.Port)
            ? $"'{host}:{url.Port}' is Rondo itself: calls would go round in a circle."
            : null;
    }
}
