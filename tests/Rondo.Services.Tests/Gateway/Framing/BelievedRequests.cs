using System.Buffers;
using System.Globalization;
using System.Text;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>What the check believes that a client has sent.</summary>
internal sealed record BelievedRequests(List<SeenRequest> Whole, FramingDoubt Doubt)
{
    public static BelievedRequests Of(ReadOnlySpan<byte> stream)
    {
        var framing = new MessageFraming();
        var whole = new List<SeenRequest>();
        for (var rest = stream.ToArray(); rest.Length > 0;)
        {
            var length = (int)framing.Judge(new ReadOnlySequence<byte>(rest));
            if (framing.Doubt != FramingDoubt.None || !framing.IsAtEnd)
            {
                break;
            }

            whole.Add(Parse(Encoding.Latin1.GetString(rest, 0, length)));
            framing.Consume(length);
            rest = rest[length..];
        }

        return new(whole, framing.Doubt);
    }

    // The check has found it well formed; so what is here need not look.
    private static SeenRequest Parse(string message)
    {
        message = message.TrimStart('\r', '\n');
        var head = message[..message.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        var body = message[(head.Length + 4)..];
        var line = head.Split("\r\n")[0].Split(' ');
        var isChunked = head.Split("\r\n").Any(
            l => l.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
        return new(line[0], line.ElementAtOrDefault(1) ?? "", Hex(isChunked ? Unchunk(body) : body));
    }

    private static string Unchunk(string body)
    {
        var whole = new StringBuilder();
        while (true)
        {
            var end = body.IndexOf("\r\n", StringComparison.Ordinal);
            var size = int.Parse(
                body[..end].Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return whole.ToString();
            }

            whole.Append(body.AsSpan(end + 2, size));
            body = body[(end + 2 + size + 2)..];
        }
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.Latin1.GetBytes(text));
}
