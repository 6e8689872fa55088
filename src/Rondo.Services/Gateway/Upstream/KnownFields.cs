using System.Text;
using Microsoft.Net.Http.Headers;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>The names of fields that are common in answers, found by their bytes.</summary>
internal static class KnownFields
{
    // Sparse, so that a name is found at the first or second look.
    private const int Slots = 512;

    private static readonly string[] s_endToEnd =
    [
        HeaderNames.AcceptRanges, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlAllowHeaders,
        HeaderNames.AccessControlAllowMethods, HeaderNames.AccessControlAllowOrigin,
        HeaderNames.AccessControlExposeHeaders, HeaderNames.AccessControlMaxAge, HeaderNames.Age, HeaderNames.Allow,
        HeaderNames.AltSvc, HeaderNames.CacheControl, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding,
        HeaderNames.ContentLanguage, HeaderNames.ContentLocation, HeaderNames.ContentRange,
        HeaderNames.ContentSecurityPolicy, HeaderNames.ContentType, HeaderNames.Date, HeaderNames.ETag,
        HeaderNames.Expires, HeaderNames.LastModified, HeaderNames.Link, HeaderNames.Location, HeaderNames.Pragma,
        HeaderNames.RetryAfter, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketExtensions,
        HeaderNames.SecWebSocketProtocol, HeaderNames.Server, HeaderNames.SetCookie,
        HeaderNames.StrictTransportSecurity, HeaderNames.Vary, HeaderNames.Via, HeaderNames.Warning,
        HeaderNames.WWWAuthenticate, HeaderNames.XContentTypeOptions, HeaderNames.XFrameOptions,
        HeaderNames.XPoweredBy, HeaderNames.XRequestedWith, HeaderNames.XXSSProtection, "X-Request-Id",
        "Referrer-Policy", "Server-Timing",
    ];

    private static readonly string[] s_hops =
    [
        HeaderNames.KeepAlive, HeaderNames.ProxyAuthenticate, "Proxy-Authentication-Info", HeaderNames.ProxyConnection,
        HeaderNames.TE, HeaderNames.Trailer, "HTTP2-Settings",
    ];

    private static readonly KnownField?[] s_slots = Fill();

    /// <summary>How many there are.</summary>
    public static int Count { get; } = s_slots.Count(f => f is not null);

    /// <summary>The field of a name in any case; null if it is not among these.</summary>
    public static KnownField? Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Slot(name); ; slot = (slot + 1) % Slots)
        {
            if (s_slots[slot] is not { } field || Ascii.EqualsIgnoreCase(name, field.Name))
            {
                return s_slots[slot];
            }
        }
    }

    private static int Slot(ReadOnlySpan<byte> name) =>
        ((name.Length * 67) + ((name[0] | 0x20) * 31) + ((name[name.Length / 2] | 0x20) * 7) + (name[^1] | 0x20))
        % Slots;

    private static KnownField?[] Fill()
    {
        var slots = new KnownField?[Slots];
        var number = 0;
        foreach (var (name, kind) in s_endToEnd.Select(n => (n, FieldKind.EndToEnd))
            .Concat(s_hops.Select(n => (n, FieldKind.Hop)))
            .Append((HeaderNames.Connection, FieldKind.Connection))
            .Append((HeaderNames.ContentLength, FieldKind.Length))
            .Append((HeaderNames.TransferEncoding, FieldKind.Coding))
            .Append((HeaderNames.Upgrade, FieldKind.Upgrade)))
        {
            var slot = Slot(Encoding.ASCII.GetBytes(name));
            while (slots[slot] is not null)
            {
                slot = (slot + 1) % Slots;
            }

            slots[slot] = new KnownField(name, kind, number++);
        }

        return slots;
    }
}
