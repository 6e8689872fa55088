using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Rondo.Lab.Load.Targets;

/// <summary>What a load goes to, resolved and found to be allowed.</summary>
/// <param name="Url">As the user wrote it.</param>
/// <param name="Host">The host as it stands in the URL, an IPv6 address without brackets.</param>
/// <param name="Port">The port.</param>
/// <param name="PathAndQuery">What the request line asks for.</param>
/// <param name="Address">The address to connect to.</param>
/// <param name="Scheme">http, https, ws or wss.</param>
internal sealed record TargetUrl(
    string Url, string Host, int Port, string PathAndQuery, IPAddress Address, string Scheme = "http")
{
    /// <summary>The environment variable with further hosts that may be loaded, separated by commas.</summary>
    public const string AllowedVariable = "RONDO_ALLOWED_HOSTS";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The value of the Host header.</summary>
    public string Authority
    {
        get
        {
            var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
            return Port == (TlsHost is null ? 80 : 443) ? host : $"{host}:{Port}";
        }
    }

    /// <summary>The name that the server must prove by TLS; null without TLS.</summary>
    public string? TlsHost => Scheme is "https" or "wss" ? Host : null;

    /// <summary>Whether WebSocket messages are the load.</summary>
    public bool IsWebSocket => Scheme is "ws" or "wss";

    /// <summary>Reads and resolves a URL.</summary>
    /// <param name="url">Absolute: http, https, ws or wss.</param>
    /// <param name="ownsHost">Whether the user says that a host elsewhere is theirs.</param>
    /// <param name="allowedHosts">Hosts elsewhere that may be loaded, separated by commas; null for none.</param>
    /// <exception cref="LoadException">It is no such URL, is unknown, or is another's.</exception>
    public static async Task<TargetUrl> ResolveAsync(string url, bool ownsHost, string? allowedHosts)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "ws" or "wss")
            || uri.Host.Length == 0)
        {
            throw new LoadException($"'{url}' is no URL such as http://127.0.0.1:8080/path", LoadExit.Usage);
        }

        var address = await AddressOf(uri.DnsSafeHost);
        var isAllowed = ownsHost || IsHere(address)
            || (allowedHosts ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(uri.DnsSafeHost);
        return isAllowed
            ? new TargetUrl(url, uri.DnsSafeHost, uri.Port, uri.PathAndQuery, address, uri.Scheme)
            : throw new LoadException(
                $"'{uri.DnsSafeHost}' is not this machine. If you may load it, say so: --i-own-this-host, "
                    + $"or {AllowedVariable}={uri.DnsSafeHost}",
                LoadExit.Usage);
    }

    /// <summary>Connects once, so that a target that is not there is said before the run.</summary>
    /// <param name="tlsInsecure">Whether any certificate will do.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LoadException">It is not there, or does not speak TLS as asked.</exception>
    public async Task TryConnectAsync(bool tlsInsecure, CancellationToken stop)
    {
        using var socket = new Socket(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(Address, Port), limit.Token);
            if (TlsHost is { } host)
            {
                await using var tls = new SslStream(new NetworkStream(socket));
                await tls.AuthenticateAsClientAsync(TlsTrust.Options(host, tlsInsecure), limit.Token);
            }
        }
        catch (SocketException e)
        {
            throw new LoadException($"unable to connect to {Authority}: {e.Message}");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw new LoadException($"the TLS handshake with {Authority} failed: {e.Message.TrimEnd('.')}"
                + (tlsInsecure ? "" : "; --tls-insecure takes any certificate"));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new LoadException($"unable to connect to {Authority}: no answer within {ConnectLimit.TotalSeconds} s");
        }
    }

    private static async Task<IPAddress> AddressOf(string host)
    {
        try
        {
            return IPAddress.TryParse(host, out var address)
                ? address
                : (await Dns.GetHostAddressesAsync(host)).OrderBy(a => a.AddressFamily).First();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or ArgumentException)
        {
            throw new LoadException($"unable to resolve '{host}': {e.Message}");
        }
    }

    private static bool IsHere(IPAddress address) =>
        IPAddress.IsLoopback(address) || NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Any(a => a.Address.Equals(address));
}
