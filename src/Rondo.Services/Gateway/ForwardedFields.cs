using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>
/// What a service is told of the client and of what it asked for: <c>X-Forwarded-*</c>, and <c>Forwarded</c> (RFC
/// 7239). What a trusted proxy says is kept and added to; what anybody else says is replaced.
/// </summary>
internal static class ForwardedFields
{
    public const string Prefix = "X-Forwarded-";
    public const string Standard = "Forwarded";

    private const string HostField = Prefix + "Host";
    private const string SchemeField = Prefix + "Proto";
    private const string PrefixField = Prefix + "Prefix";

    /// <param name="context">The client's request.</param>
    /// <param name="peer">Who sends it.</param>
    /// <param name="strip">What is taken off the path.</param>
    /// <param name="fields">Where they go.</param>
    public static void Write(
        HttpContext context, ClientPeer peer, string strip, List<KeyValuePair<string, StringValues>> fields)
    {
        var request = context.Request;
        var sender = peer.Sender is null ? null : AddressList.Plain(peer.Sender);
        var name = sender?.ToString() ?? "unknown";
        var host = FieldValue.Checked(request.Host.Value);
        var standard = string.Concat(
            sender is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"for=\"[{name}]\"" : "for=" + name,
            ";host=\"", host, string.Concat("\";proto=", request.Scheme));
        var headers = request.Headers;
        if (peer.IsProxied)
        {
            Add(ClientPeer.ForwardedFor, Joined(headers[ClientPeer.ForwardedFor], name));
            Add(HostField, First(headers[HostField], host));
            Add(SchemeField, First(headers[SchemeField], request.Scheme));
            Add(Standard, Joined(headers[Standard], standard));
            strip = First(headers[PrefixField], "").TrimEnd('/') + strip;
        }
        else
        {
            Add(ClientPeer.ForwardedFor, name);
            Add(HostField, host);
            Add(SchemeField, request.Scheme);
            Add(Standard, standard);
        }

        if (strip.Length > 0)
        {
            Add(PrefixField, strip);
        }

        void Add(string field, string value) => fields.Add(KeyValuePair.Create(field, new StringValues(value)));
    }

    private static string Joined(StringValues before, string entry) =>
        FieldValue.Checked(before.ToString()) is { Length: > 0 } known ? $"{known}, {entry}" : entry;

    private static string First(StringValues before, string instead) =>
        FieldValue.Checked(before.ToString()) is { Length: > 0 } known ? known : instead;
}
