using System.Text;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>Requests one behind the other, some of them changed as somebody would who looks for a gap.</summary>
internal sealed class MutatedStreams(int seed)
{
    private static readonly string[] Fields =
    [
        "Content-Length: 5", "content-length:5", "Content-Length: +5", "Content-Length: 5, 5", "Content-Length: 05",
        "Content-Length: 0", "Content-Length:  5 ", "Content-Length: -5", "Content-Length: 0x5", "Content-Length:",
        "Content-Length: 99999999999999999999", "Content-Length : 5", "Content_Length: 5", "X-Content-Length: 5",
        "Transfer-Encoding: chunked", "Transfer-Encoding: Chunked", "transfer-encoding:\tchunked",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity",
        "Transfer-Encoding:\vchunked", "Transfer-Encoding\v: chunked", "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "X: a\r\n folded", "X: a\nb: c", "X: a\rb",
        "X: a\0b", "\0", ": x", "Foo", "Connection: close", "Connection: keep-alive", "Connection: Upgrade",
        "Upgrade: websocket", "Upgrade: h2c", "Expect: 100-continue", "Foo: \u00e9", "Foo(: x", "Host: other",
        "\r\nGET /inner HTTP/1.1\r\nHost: x", "X: " + new string('a', 300), new string('b', 300) + ": x",
        "Connection: close, X", "connection: " + new string('c', 300),
    ];

    private static readonly string[] Chunks =
    [
        "0", "5", "05", "0000000000000005", "00000000000000005", "5;a=b", "5 ;a", "5;a\n", "5;a\r", "5;\n", "+5", "-5",
        "0x5", "5\n", "5 ", "g", "", "FFFFFFFF", "FFFFFFFFFFFFFFFF", "5;a=\"b\r\n\"", "5;" + new string('x', 300),
    ];

    private static readonly byte[] Bytes = [.. "\r\n\0 \t:;,+-0159aAfFxG/.%?#\"'\v\f\u007f\u0080\u00ff"u8];

    private static readonly string[] Pieces = ["\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "0\r\n\r\n", " ", "\0", "5\r\n"];

    private readonly Random _random = new(seed);

    /// <summary>The next stream.</summary>
    public byte[] Next()
    {
        var stream = new StringBuilder();
        for (var left = 1 + _random.Next(4); left > 0; left--)
        {
            stream.Append(Request());
        }

        var bytes = new List<byte>(Encoding.Latin1.GetBytes(stream.ToString()));
        for (var left = _random.Next(4) switch { 0 => 0, 1 => 1, 2 => 2, _ => _random.Next(6) }; left > 0; left--)
        {
            Mutate(bytes);
        }

        return [.. bytes];
    }

    /// <summary>Where a stream is cut into writes, ascending; the end is not among them.</summary>
    public List<int> Cuts(int length)
    {
        var cuts = new SortedSet<int>();
        for (var left = _random.Next(3) == 0 ? 0 : _random.Next(8); left > 0; left--)
        {
            cuts.Add(1 + _random.Next(length));
        }

        cuts.Remove(length);
        return [.. cuts];
    }

    private string Request()
    {
        var version = _random.Next(12) switch { 0 => "HTTP/1.0", 1 => "HTTP/1.2", _ => "HTTP/1.1" };
        var body = _random.Next(3);
        var method = body == 0 ? "GET" : "POST";
        var request = new StringBuilder($"{method} /{_random.Next(100)} {version}\r\nHost: x\r\n");
        Odd(request);
        switch (body)
        {
            case 0:
                return request.Append("\r\n").ToString();
            case 1:
                var length = _random.Next(20);
                request.Append("Content-Length: ").Append(length).Append("\r\n");
                Odd(request);
                return request.Append("\r\n").Append(Text(length)).ToString();
            default:
                request.Append("Transfer-Encoding: chunked\r\n");
                Odd(request);
                request.Append("\r\n");
                return Chunked(request).ToString();
        }
    }

    private StringBuilder Chunked(StringBuilder request)
    {
        for (var left = _random.Next(4); left > 0; left--)
        {
            if (_random.Next(10) == 0)
            {
                request.Append(Pick(Chunks)).Append("\r\n").Append("hello\r\n");
            }
            else
            {
                var length = 1 + _random.Next(40);
                request.Append(length.ToString(_random.Next(2) == 0 ? "x" : "X", null));
                request.Append(_random.Next(5) == 0 ? ";name=\"va lue\"" : "").Append("\r\n");
                request.Append(Text(length)).Append("\r\n");
            }
        }

        request.Append("0\r\n");
        if (_random.Next(4) == 0)
        {
            request.Append("X-Trailer: a\r\n");
            Odd(request);
        }

        return request.Append("\r\n");
    }

    private void Odd(StringBuilder request)
    {
        if (_random.Next(6) == 0)
        {
            request.Append(Pick(Fields)).Append("\r\n");
        }
    }

    private string Text(int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)Pick(Bytes))]);

    private void Mutate(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count);
        switch (_random.Next(5))
        {
            case 0:
                bytes.RemoveAt(at);
                break;
            case 1:
                bytes.Insert(at, Pick(Bytes));
                break;
            case 2:
                bytes[at] = Pick(Bytes);
                break;
            case 3:
                bytes.InsertRange(at, Encoding.Latin1.GetBytes(Pick(Pieces)));
                break;
            default:
                var end = bytes.IndexOf((byte)'\n', at);
                var count = (end < 0 ? bytes.Count : end + 1) - at;
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
        }

        if (bytes.Count == 0)
        {
            bytes.Add((byte)'\r');
        }
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
