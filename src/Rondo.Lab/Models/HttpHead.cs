using System.Buffers.Text;
using System.Text;

namespace Rondo.Lab.Models;

/// <summary>
/// The head of a request (RFC 9112): as much of it as a server has to know that looks at no header of its own.
/// </summary>
internal readonly record struct HttpHead(string Method, string Target, bool KeepsAlive, long BodyBytes)
{
    private const long LargestBody = 1024 * 1024;

    /// <summary>Reads a head, without the empty line that ends it.</summary>
    /// <returns>0, or the status that refuses the request.</returns>
    public static int Parse(ReadOnlySpan<byte> text, out HttpHead head)
    {
        head = default;
        var end = text.IndexOf("\r\n"u8);
        var line = end < 0 ? text : text[..end];
        var (method, version) = (line.IndexOf((byte)' '), line.LastIndexOf((byte)' '));
        if (method <= 0 || version <= method + 1 || line[(method + 1)..version].Contains((byte)' '))
        {
            return 400;
        }

        var is11 = line[(version + 1)..].SequenceEqual("HTTP/1.1"u8);
        if (!is11 && !line[(version + 1)..].SequenceEqual("HTTP/1.0"u8))
        {
            return line[(version + 1)..].StartsWith("HTTP/"u8) ? 505 : 400;
        }

        var (keepsAlive, body, hasHost) = (is11, -1L, false);
        for (var rest = text[line.Length..]; rest.Length > 0; rest = rest[line.Length..])
        {
            rest = rest[2..];
            end = rest.IndexOf("\r\n"u8);
            line = end < 0 ? rest : rest[..end];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAny(" \t"u8))
            {
                return 400;
            }

            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
            {
                keepsAlive = !Lists(value, "close"u8) && (keepsAlive || Lists(value, "keep-alive"u8));
            }
            else if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
            {
                if (!Utf8Parser.TryParse(value, out long length, out var used) || used != value.Length || length < 0
                    || value[0] == '+' || (body >= 0 && body != length))
                {
                    return 400;
                }

                body = length;
            }
            else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
            {
                return 501;
            }

            hasHost |= Ascii.EqualsIgnoreCase(name, "Host"u8);
        }

        if (body > LargestBody)
        {
            return 413;
        }

        // Latin-1 keeps every byte as it came.
        head = new HttpHead(
            Encoding.Latin1.GetString(text[..method]),
            Encoding.Latin1.GetString(text[(method + 1)..version]),
            keepsAlive,
            Math.Max(0, body));
        return is11 && !hasHost ? 400 : 0;
    }

    private static bool Lists(ReadOnlySpan<byte> value, ReadOnlySpan<byte> token)
    {
        foreach (var part in value.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), token))
            {
                return true;
            }
        }

        return false;
    }
}
