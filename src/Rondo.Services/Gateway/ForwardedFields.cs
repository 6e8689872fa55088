using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
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
    public const string SchemeField = Prefix + "Proto";

    private const string HostField = Prefix + "Host";
    private const string PrefixField = Prefix + "Prefix";
    private const int Slots = 256;

    // Of connections of late: each asks for the same host again, by the same object.
    private static readonly Known?[] s_known = new Known[Slots];

    /// <param name="context">The client's request.</param>
    /// <param name="peer">Who sends it.</param>
    /// <param name="strip">What is taken off the path.</param>
    /// <param name="fields">Where they go.</param>
    public static void Write(
        HttpContext context, ClientPeer peer, string strip, List<KeyValuePair<string, StringValues>> fields)
    {
        var request = context.Request;
        var (name, host, standard) = TextsOf(peer.Sender, request.Host.Value, request.Scheme);
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

    private static Known TextsOf(IPAddress? sender, string? host, string scheme)
    {
        ref var slot = ref s_known[
            (RuntimeHelpers.GetHashCode(sender) ^ RuntimeHelpers.GetHashCode(host)) & (Slots - 1)];
        if (Volatile.Read(ref slot) is not { } known || !known.IsOf(sender, host, scheme))
        {
            known = new Known(sender, host, scheme);
            Volatile.Write(ref slot, known);
        }

        return known;
    }

    private static string Joined(StringValues before, string entry) =>
        FieldValue.Checked(before.ToString()) is { Length: > 0 } known ? $"{known}, {entry}" : entry;

    private static string First(StringValues before, string instead) =>
        FieldValue.Checked(before.ToString()) is { Length: > 0 } known ? known : instead;

    private sealed class Known
    {
        private readonly IPAddress? _sender;
        private readonly string? _sentHost;
        private readonly string _scheme;
        private readonly string _name;
        private readonly string _host;
        private readonly string _standard;

        public Known(IPAddress? sender, string? host, string scheme)
        {
            (_sender, _sentHost, _scheme) = (sender, host, scheme);
            var plain = sender is null ? null : AddressList.Plain(sender);
            _name = plain?.ToString() ?? "unknown";
            _host = FieldValue.Checked(host);
            _standard = string.Concat(
                plain is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"for=\"[{_name}]\"" : "for=" + _name,
                ";host=\"", _host, string.Concat("\";proto=", scheme));
        }

        public bool IsOf(IPAddress? sender, string? host, string scheme) =>
            ReferenceEquals(sender, _sender) && ReferenceEquals(host, _sentHost) && ReferenceEquals(scheme, _scheme);

        public void Deconstruct(out string name, out string host, out string standard) =>
            (name, host, standard) = (_name, _host, _standard);
    }
}
