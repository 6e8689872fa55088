using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Joining;

/// <summary>Where others reach this process: as it was told, or at the first address that it listens on.</summary>
internal sealed class OwnAddress(IServer server, Uri? advertised)
{
    /// <summary>
    /// Known once the server listens. Of one that listens on every interface, that of this machine alone.
    /// </summary>
    public Uri Url
    {
        get
        {
            if (advertised is not null)
            {
                return advertised;
            }

            var address = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var host = IsEverywhere(address.Host) ? "127.0.0.1" : address.Host;
            return new Uri($"{address.Scheme}://{host}:{address.Port}");
        }
    }

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="StartException">It is no address, or there is none that others could use.</exception>
    /// <param name="text">The address to tell others; null for the one that is listened on.</param>
    /// <param name="urls">What is listened on.</param>
    /// <param name="isNeeded">Whether others have to reach it.</param>
    public static Uri? Parse(string? text, string urls, bool isNeeded)
    {
        if (text is not null)
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
                    ? url
                    : throw new StartException(
                        $"'{text}' is no address to tell others; write one such as http://10.0.0.5:9001.",
                        ExitCode.Usage);
        }

        return isNeeded && Uri.TryCreate(urls.Split(';')[0].Replace("*", "0.0.0.0").Replace("+", "0.0.0.0"),
            UriKind.Absolute, out var first) && IsEverywhere(first.Host)
                ? throw new StartException(
                    $"'{urls}' is every interface: say with --advertise where others reach this service.",
                    ExitCode.Usage)
                : null;
    }

    private static bool IsEverywhere(string host) =>
        host is "*" or "+"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
