using System.Text;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>Requests that are malformed, odd, or somebody else's protocol.</summary>
internal static class Http1Cases
{
    private const string Host = "Host: x\r\n";

    public static IReadOnlyDictionary<string, byte[]> All { get; } = Make().ToDictionary(
        c => c.Name, c => Encoding.Latin1.GetBytes(c.Text));

    private static IEnumerable<(string Name, string Text)> Make() =>
    [
        .. RequestLines(), .. Versions(), .. Targets(), .. Headers(), .. Lengths(), .. Chunks(), .. Others(),
    ];

    private static IEnumerable<(string Name, string Text)> RequestLines() =>
    [
        ("plain", Get("/")),
        ("empty lines before", "\r\n\r\n" + Get("/")),
        ("empty line of LF before", "\n" + Get("/")),
        ("spaces before", "  " + Get("/")),
        ("lower-case method", $"get / HTTP/1.1\r\n{Host}\r\n"),
        ("unknown method", $"BREW / HTTP/1.1\r\n{Host}\r\n"),
        ("method with a forbidden character", $"GE(T / HTTP/1.1\r\n{Host}\r\n"),
        ("method with NUL", $"G\0T / HTTP/1.1\r\n{Host}\r\n"),
        ("no method", $" / HTTP/1.1\r\n{Host}\r\n"),
        ("no target", $"GET HTTP/1.1\r\n{Host}\r\n"),
        ("no version", $"GET /\r\n{Host}\r\n"),
        ("only a method", "GET\r\n\r\n"),
        ("two spaces", $"GET  /  HTTP/1.1\r\n{Host}\r\n"),
        ("tab for a space", $"GET\t/\tHTTP/1.1\r\n{Host}\r\n"),
        ("space after the version", $"GET / HTTP/1.1 \r\n{Host}\r\n"),
        ("lines end in LF", "GET / HTTP/1.1\nHost: x\n\n"),
        ("lines end in CR", "GET / HTTP/1.1\rHost: x\r\r\n"),
        ("line too long", Get("/" + new string('a', 600))),
        ("method too long", $"{new string('G', 600)} / HTTP/1.1\r\n{Host}\r\n"),
        ("an answer", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ];

    private static IEnumerable<(string Name, string Text)> Versions() =>
    [
        ("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        ("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        ("HTTP/0.9", "GET /\r\n"),
        ("HTTP/1.2", $"GET / HTTP/1.2\r\n{Host}\r\n"),
        ("HTTP/2.0", $"GET / HTTP/2.0\r\n{Host}\r\n"),
        ("HTTP/1", $"GET / HTTP/1\r\n{Host}\r\n"),
        ("http/1.1", $"GET / http/1.1\r\n{Host}\r\n"),
        ("HTTP/11.1", $"GET / HTTP/11.1\r\n{Host}\r\n"),
        ("FTP/1.1", $"GET / FTP/1.1\r\n{Host}\r\n"),
    ];

    private static IEnumerable<(string Name, string Text)> Targets() =>
    [
        ("absolute form", "GET http://x/a?b HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("absolute form, other host", "GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("absolute form, no path", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("absolute form, no authority", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("authority form with GET", $"GET x:80 HTTP/1.1\r\n{Host}\r\n"),
        ("CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"),
        ("CONNECT of a path", $"CONNECT /a HTTP/1.1\r\n{Host}\r\n"),
        ("OPTIONS *", $"OPTIONS * HTTP/1.1\r\n{Host}\r\n"),
        ("GET *", $"GET * HTTP/1.1\r\n{Host}\r\n"),
        ("no slash", $"GET a HTTP/1.1\r\n{Host}\r\n"),
        ("dots", Get("/a/../../b/./c")),
        ("percent without digits", Get("/%")),
        ("percent of NUL", Get("/%00")),
        ("percent of no UTF-8", Get("/%ff%fe")),
        ("NUL in it", Get("/a\0b")),
        ("beyond ASCII", Get("/\u00e4\u00ff")),
        ("fragment", Get("/a#b")),
    ];

    private static IEnumerable<(string Name, string Text)> Headers() =>
    [
        ("no host", "GET / HTTP/1.1\r\n\r\n"),
        ("two hosts", With("Host: y\r\n")),
        ("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        ("host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
        ("host with a space", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"),
        ("no colon", With("Nonsense\r\n")),
        ("no name", With(": value\r\n")),
        ("space before the colon", With("Name : value\r\n")),
        ("tab before the colon", With("Name\t: value\r\n")),
        ("space before the first name", $"GET / HTTP/1.1\r\n {Host}\r\n"),
        ("folded with a space", With("Name: a\r\n b\r\n")),
        ("folded with a tab", With("Name: a\r\n\tb\r\n")),
        ("folded length", Post("Content-Length:\r\n 2\r\n", "hi")),
        ("NUL in a name", With("Na\0me: a\r\n")),
        ("NUL in a value", With("Name: a\0b\r\n")),
        ("CR in a value", With("Name: a\rb\r\n")),
        ("LF ends a line", With("Name: a\n")),
        ("control character in a value", With("Name: a\u0001b\r\n")),
        ("beyond ASCII in a value", With("Name: \u00e4\u00ff\r\n")),
        ("beyond ASCII in a name", With("N\u00e4me: a\r\n")),
        ("forbidden character in a name", With("Na(me: a\r\n")),
        ("empty value", With("Name:\r\n")),
        ("value of spaces", With("Name:    \t \r\n")),
        ("many", With(Repeat(20, "Name: a\r\n"))),
        ("a long one", With($"Name: {new string('a', 1100)}\r\n")),
        ("together too long", With(Repeat(12, $"N: {new string('a', 90)}\r\n"))),
        ("expects the unknown", Post("Expect: coffee\r\nContent-Length: 2\r\n", "hi")),
        ("expects 100", Post("Expect: 100-continue\r\nContent-Length: 2\r\n", "hi")),
        ("upgrade to the unknown", With("Connection: Upgrade\r\nUpgrade: coffee\r\n")),
        ("upgrade to HTTP/2", With(
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")),
        ("upgrade with a body", Post("Connection: Upgrade\r\nUpgrade: coffee\r\nContent-Length: 2\r\n", "hi")),
        ("closes and keeps alive", With("Connection: close, keep-alive\r\n")),
    ];

    private static IEnumerable<(string Name, string Text)> Lengths() =>
    [
        ("length of no number", Post("Content-Length: two\r\n", "hi")),
        ("negative length", Post("Content-Length: -2\r\n", "hi")),
        ("signed length", Post("Content-Length: +2\r\n", "hi")),
        ("hexadecimal length", Post("Content-Length: 0x2\r\n", "hi")),
        ("length beyond 64 bits", Post("Content-Length: 99999999999999999999\r\n", "hi")),
        ("empty length", Post("Content-Length:\r\n", "hi")),
        ("two equal lengths", Post("Content-Length: 2\r\nContent-Length: 2\r\n", "hi")),
        ("two lengths", Post("Content-Length: 2\r\nContent-Length: 3\r\n", "hi")),
        ("list of lengths", Post("Content-Length: 2, 2\r\n", "hi")),
        ("length with a fraction", Post("Content-Length: 2.0\r\n", "hi")),
        ("length above the limit", Post("Content-Length: 2001\r\n", new string('a', 2001))),
        ("length above the limit, unread", Post("Content-Length: 2001\r\n", new string('a', 2001), "/unread")),
        ("unread body", Post("Content-Length: 2\r\n", "hi", "/unread")),
        ("POST without length", Post("", "")),
        ("POST 1.0 without length", "POST / HTTP/1.0\r\n\r\n"),
        ("GET with a body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"),
        ("body shorter than its length", Post("Content-Length: 4\r\n", "hi")),
        ("body longer than its length", Post("Content-Length: 2\r\n", "hi, you there\r\n\r\n")),
    ];

    private static IEnumerable<(string Name, string Text)> Chunks() =>
    [
        ("chunks", Chunked("2\r\nhi\r\n0\r\n\r\n")),
        ("upper-case coding", Post("Transfer-Encoding: CHUNKED\r\n", "2\r\nhi\r\n0\r\n\r\n")),
        ("chunks, length first", Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        ("chunks, length last", Post("Transfer-Encoding: chunked\r\nContent-Length: 30\r\n", "0\r\n\r\n")),
        ("coding twice", Post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")),
        ("coding in two lines", Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")),
        ("identity", Post("Transfer-Encoding: identity\r\n", "")),
        ("identity, then chunks", Post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n")),
        ("gzip", Post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n")),
        ("gzip, then chunks", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        ("coding with a control character", Post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n")),
        ("coding in quotes", Post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")),
        ("coding with a space before the colon", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")),
        ("chunks in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
        ("size of no number", Chunked("two\r\nhi\r\n0\r\n\r\n")),
        ("negative size", Chunked("-2\r\nhi\r\n0\r\n\r\n")),
        ("prefixed size", Chunked("0x2\r\nhi\r\n0\r\n\r\n")),
        ("size beyond 32 bits", Chunked("fffffffff\r\nhi\r\n0\r\n\r\n")),
        ("no size", Chunked("\r\nhi\r\n0\r\n\r\n")),
        ("space after the size", Chunked("2 \r\nhi\r\n0\r\n\r\n")),
        ("extension", Chunked("2;name=value\r\nhi\r\n0\r\n\r\n")),
        ("extension with LF", Chunked("2;a\nhi\r\n0\r\n\r\n")),
        ("extension without end", Chunked("2;" + new string('a', 3000) + "\r\nhi\r\n0\r\n\r\n")),
        ("chunk longer than its size", Chunked("2\r\nhix\r\n0\r\n\r\n")),
        ("LF after a size", Chunked("2\nhi\n0\n\n")),
        ("chunks above the limit", Chunked(Repeat(3, $"3e8\r\n{new string('a', 1000)}\r\n"))),
        ("trailers", Chunked("2\r\nhi\r\n0\r\nName: a\r\n\r\n")),
        ("malformed trailers", Chunked("2\r\nhi\r\n0\r\nNonsense\r\n\r\n")),
        ("trailers that smuggle", Chunked("2\r\nhi\r\n0\r\nContent-Length: 9\r\n\r\n")),
        ("unread chunks", Post("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n", "/unread")),
        ("unread malformed chunks", Post("Transfer-Encoding: chunked\r\n", "zz\r\nhi\r\n0\r\n\r\n", "/unread")),
    ];

    private static IEnumerable<(string Name, string Text)> Others() =>
    [
        ("nothing", ""),
        ("two at once", Get("/a") + Get("/b")),
        ("the second is malformed", Get("/a") + "nonsense\r\n\r\n"),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("HTTP/2 preface and SETTINGS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x4\0\0\0\0\0"),
        ("TLS hello", "\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03" + new string('\x7f', 198)),
        ("TLS hello and a line end", "\x16\x03\x01\0\x05\x01\0\0\x01\r\n\r\n"),
        ("SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        ("a proxy's header", "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" + Get("/")),
        ("zeros", new string('\0', 700)),
        ("all bytes", string.Concat(Enumerable.Range(0, 256).Select(b => (char)b))),
        ("letters without end", new string('A', 3000)),
    ];

    private static string Repeat(int times, string text) => string.Concat(Enumerable.Repeat(text, times));

    private static string Get(string target) => $"GET {target} HTTP/1.1\r\n{Host}\r\n";

    private static string With(string headers) => $"GET / HTTP/1.1\r\n{Host}{headers}\r\n";

    private static string Post(string headers, string body, string target = "/") =>
        $"POST {target} HTTP/1.1\r\n{Host}{headers}\r\n{body}";

    private static string Chunked(string body) => Post("Transfer-Encoding: chunked\r\n", body);
}
