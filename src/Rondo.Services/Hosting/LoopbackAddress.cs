using System.Net;

namespace Rondo.Services.Hosting;

/// <summary>Where processes of this machine reach a server without TLS.</summary>
internal static class LoopbackAddress
{
    private const string AnyPort = "http://127.0.0.1:0";

    /// <summary>The addresses to listen on, with one for this machine's processes if there is none yet.</summary>
    /// <param name="urls">Separated by semicolons. What is no address is told when it is listened on.</param>
    public static string AddTo(string urls)
    {
        try
        {
            return Of(urls.Split(';', StringSplitOptions.RemoveEmptyEntries)) is null ? $"{urls};{AnyPort}" : urls;
        }
        catch (FormatException)
        {
            return urls;
        }
    }

    /// <summary>The first of the addresses that is one; null for none.</summary>
    /// <exception cref="FormatException">One of them is no address.</exception>
    public static Uri? Of(IEnumerable<string> addresses) => addresses
        .Select(BindingAddress.Parse)
        .Where(a => !a.IsUnixPipe && !a.IsNamedPipe && a.Scheme == Uri.UriSchemeHttp)
        .Select(a => HostOf(a.Host) is { } host ? new Uri($"http://{host}:{a.Port}") : null)
        .FirstOrDefault(url => url is not null);

    private static string? HostOf(string bound)
    {
        if (bound is "*" or "+" or "localhost")
        {
            return "127.0.0.1";
        }

        return !IPAddress.TryParse(bound.Trim('[', ']'), out var address) ? null
            : address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "127.0.0.1"
            : IPAddress.IsLoopback(address) ? bound
            : null;
    }
}
