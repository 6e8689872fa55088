using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Doctor;

/// <summary>The addresses to listen on: whether they are free, and what phones can do there.</summary>
internal static class NetworkCheckUp
{
    public static IEnumerable<Finding> Look(Patient patient)
    {
        List<BindingAddress> addresses;
        string? mistake = null;
        try
        {
            addresses = [.. patient.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse)];
        }
        catch (FormatException error)
        {
            (addresses, mistake) = ([], error.Message);
        }

        if (mistake is not null)
        {
            yield return Finding.Fail(FindingCodes.Port, $"'{patient.Urls}' is no address to listen on: {mistake}");
            yield break;
        }

        foreach (var address in addresses.Where(a => !a.IsUnixPipe && !a.IsNamedPipe))
        {
            yield return Port(patient, address);
        }

        yield return Microphone(addresses);
    }

    private static Finding Port(Patient patient, BindingAddress address)
    {
        if (address.Port == 0)
        {
            return Finding.Ok(FindingCodes.Port, "any free one");
        }

        try
        {
            using var listener = new TcpListener(AddressOf(address), address.Port);
            listener.Server.ExclusiveAddressUse = !OperatingSystem.IsWindows();
            listener.Start();
            return Finding.Ok(FindingCodes.Port, $"{address.Port} is free");
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            var holder = PortHolder.Find(address.Port);
            var own = Path.Combine(patient.Folder, "rondo.pid");
            var isOwn = File.Exists(own) && holder is not null
                && holder.StartsWith(
                    $"process {File.ReadAllText(own).Trim()} ", StringComparison.Ordinal);
            return isOwn
                ? Finding.Ok(FindingCodes.Port, $"{address.Port} is that of the server of this folder, {holder}")
                : Finding.Fail(FindingCodes.Port, $"{address.Port} is taken by {holder ?? "another process"}");
        }
        catch (SocketException error)
        {
            return Finding.Fail(
                FindingCodes.Port, $"{address.Host}:{address.Port} cannot be listened on: {error.Message}");
        }
    }

    private static IPAddress AddressOf(BindingAddress address) =>
        IPAddress.TryParse(address.Host, out var ip) ? ip
        : address.Host is "localhost" ? IPAddress.Loopback
        : IPAddress.IPv6Any;

    private static Finding Microphone(List<BindingAddress> addresses)
    {
        var open = addresses.Where(a => a.Host is not "localhost"
            && !(IPAddress.TryParse(a.Host, out var ip) && IPAddress.IsLoopback(ip))).ToList();
        if (open.Count == 0)
        {
            return Finding.Ok(FindingCodes.Microphone, "pages of this machine alone, which may; phones reach nothing");
        }

        var host = HostNames.Look([]).OnNetwork?.ToString() ?? "an address of this machine";
        var texts = open.Select(a => string.Create(
            CultureInfo.InvariantCulture, $"{a.Scheme}://{(IsEvery(a) ? host : a.Host)}:{a.Port}"));
        var isSecure = open.Any(a => a.Scheme == "https");
        return isSecure
            ? Finding.Ok(FindingCodes.Microphone, $"phones may at {string.Join(", ", texts)}")
            : Finding.Warn(FindingCodes.Microphone, $"phones reach {string.Join(", ", texts)}, and may not use theirs there");
    }

    private static bool IsEvery(BindingAddress address) =>
        !IPAddress.TryParse(address.Host, out var ip) || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);
}
