using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>What a server sent: status, headers, and the body with any chunking taken off.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>HTTP/1.1 as bytes on a socket, for requests that a client library would mend or refuse.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task<RawAnswer> GetAsync(Uri server, string target, params string[] headers) =>
        SendAsync(
            server,
            $"GET {target} HTTP/1.1\r\nHost: rondo\r\n"
                + $"{string.Concat(headers.Select(h => h + "\r\n"))}Connection: close\r\n\r\n");

    public static Task<RawAnswer> SendAsync(Uri server, string request) =>
        SendAsync(server, Encoding.UTF8.GetBytes(request));

    public static async Task<RawAnswer> SendAsync(Uri server, byte[] request)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, limit.Token);
        await using var stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, limit.Token);
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException) when (answer.Length > 0)
        {
            // The server has answered and hung up before it read all we sent.
        }

        return Parse(Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length));
    }

    private static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"No HTTP answer: '{text}'");
        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(':', 2))
            .GroupBy(p => p[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                g => g.Key,
                g => string.Join(", ", g.Select(p => p[1].Trim())),
                StringComparer.OrdinalIgnoreCase);
        var body = text[(end + 4)..];
        return new RawAnswer(
            int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture),
            headers,
            headers.GetValueOrDefault("Transfer-Encoding") == "chunked" ? Unchunk(body) : body);
    }

    private static string Unchunk(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var whole = new MemoryStream();
        for (var at = 0; at < bytes.Length;)
        {
            var line = bytes.AsSpan(at).IndexOf("\r\n"u8);
            var size = Convert.ToInt32(Encoding.ASCII.GetString(bytes, at, line), 16);
            whole.Write(bytes, at + line + 2, size);
            at += line + 2 + size + 2;
        }

        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
