using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Hosting;

namespace Rondo.Services.Registry.Joining;

/// <summary>Where others reach this process: as it was told, or at the first address that it listens on.</summary>
/// <param name="server">What listens.</param>
/// <param name="advertised">What it was told; null for what is listened on.</param>
/// <param name="isForThisMachine">Whether who calls it is on this machine, and trusts no certificate.</param>
internal sealed class OwnAddress(IServer server, Uri? advertised, bool isForThisMachine = false)
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

            if (isForThisMachine)
            {
                return LoopbackAddress.Of(server.Features.Get<IServerAddressesFeature>()!.Addresses)!;
            }

            // Who listens on a socket of the file system alone is reached by nobody else.
            var address = server.Features.Get<IServerAddressesFeature>()!.Addresses
                .Select(BindingAddress.Parse)
                .FirstOrDefault(a => !a.IsUnixPipe && !a.IsNamedPipe);
            return address is null
                ? new Uri("http://127.0.0.1")
                : new Uri($"{address.Scheme}://{(IsEverywhere(address) ? "127.0.0.1" : address.Host)}:{address.Port}");
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

        return isNeeded && !IsReachable(urls.Split(';')[0])
            ? throw new StartException(
                $"Nobody can be told to call '{urls}': say with --advertise where others reach this service.",
                ExitCode.Usage)
            : null;
    }

    private static bool IsReachable(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return !address.IsUnixPipe && !address.IsNamedPipe && !IsEverywhere(address);
        }
        catch (FormatException)
        {
            // The server says so when it starts to listen.
            return true;
        }
    }

    private static bool IsEverywhere(BindingAddress binding) =>
        binding.Host is "*" or "+"
        || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
