using Rondo.Services.Auth;
using Rondo.Services.Hosting;

namespace Rondo.Services.Gateway.Http;

/// <summary>
/// In a service that runs behind the gateway of its own machine: address and scheme of a request are those that its
/// client has, as the gateway tells them. What comes from another machine speaks for itself alone.
/// </summary>
internal sealed class FrontMiddleware(RequestDelegate next, LiveOptions<GatewayOptions> options)
{
    private static readonly string[] ThisMachine = ["127.0.0.0/8", "::1"];

    private Known? _known;

    public Task InvokeAsync(HttpContext context)
    {
        var peer = ClientPeer.Of(context, Trusted());
        if (peer.IsProxied && context.Request.Headers.ContainsKey(ClientPeer.ForwardedFor))
        {
            context.Connection.RemoteIpAddress = peer.Address;
            if (context.Request.Headers[ForwardedFields.SchemeField] is ["https"])
            {
                context.Request.Scheme = Uri.UriSchemeHttps;
            }
        }

        return next(context);
    }

    // The proxies before the gateway count as they do there.
    private AddressList Trusted()
    {
        var current = options.Current;
        if (Volatile.Read(ref _known) is not { } known || !ReferenceEquals(known.Options, current))
        {
            known = new Known(current, AddressList.Parse([.. ThisMachine, .. current.TrustedProxies]).List!);
            Volatile.Write(ref _known, known);
        }

        return known.Trusted;
    }

    private sealed record Known(GatewayOptions Options, AddressList Trusted);
}
