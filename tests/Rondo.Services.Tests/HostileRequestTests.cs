using System.Net.Sockets;
using System.Text;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests;

/// <summary>
/// Ten thousand requests that nobody should send. Whatever comes, no answer blames us and nothing piles up.
/// </summary>
[Collection(Alone.Name)]
public sealed class HostileRequestTests
{
    private const int Seed = 20261120;
    private const int Requests = 10_000;
    private const int WarmUp = 2_000;
    private const int PerConnection = 50;
    private const long MostGrowthBytes = 4 * 1024 * 1024;

    private static readonly string[] Codes =
    [
        "GBP", "usd", "EUR", "DEM", "XXX", "US", "USDX", "%C3%9CSD", "USD%00", "U/S", "U%2FS", "", "%20", ",",
        "EUR,EUR", "%FF%FE", "%", "%2", "%u0041",
        "..", "../..", ";", "'", "\"", "<script>", "{0}", "${jndi:x}", "GBP?callback=?", "\u0130TL", "a&b=c", "GBP#x",
        "%0d%0aX: y", "%25%30%30",
    ];

    private static readonly string[] Amounts =
    [
        "100", "0", "-0", "-5", "+7", "%2B7", "1_000", "1,5", "%D9%A3", "%207", "1e400", "NaN", "Infinity",
        "0x10", "10abc", ".", "1.", ".5", "1..2",
        "1000000000000001", "999999999999999.999999999999999999999999999999", "0.000000000000000000000000000001",
        "1234567890123456789012345678901234567890", "00000000000000000000000000000001", "%00", "",
    ];

    private static readonly string[] Dates =
    [
        "2026-11-20", "2026-02-30", "2010-31-01", "20260101", "2026-1-1", "0000-00-00", "0001-01-01", "9999-12-31",
        "1998-12-31", "2026-11-21", "today",
        "", "-", "..", "2026-11-20T00:00:00Z", "%32026-11-20", "٢٠٢٦-١١-٢٠",
    ];

    private static readonly string[] Names =
    [
        "from", "to", "amount", "date", "base", "symbols", "quotes", "rounding", "numbers", "fill", "group",
        "format", "providers", "expand", "scope",
        "callback", "__proto__", "", "FROM", "to[]", "%00",
    ];

    private static readonly string[] Words =
    [
        "previous", "week", "month", "json", "csv", "ndjson", "half-even", "none", "all", "providers", "ECB", "x", "1",
        "%F0%9F%92%B6",
    ];

    private static readonly string[] Headers =
    [
        "Accept: text/csv", "Accept: application/x-ndjson", "Accept: image/png", "Accept: ;;;", "Accept: */*;q=abc",
        "If-None-Match: *", "If-None-Match: \"",
        "X-Request-Id: <x>", "X-Request-Id: ok-1", "Authorization: Bearer x", "Authorization: Basic",
        "X-API-Key:", "Origin: null",
        "Last-Event-ID: 99999999999999999999", "Range: bytes=0-", "Accept-Encoding: gzip;q=2",
        "Cookie: a=b; ;=", "Content-Type: nonsense",
        "Expect: 200-ok", "Transfer-Encoding: gzip", "Upgrade: websocket", "Access-Control-Request-Method: GET",
        "X: \u00e9", "X-Forwarded-For: ::1",
    ];

    private static readonly string[] Methods =
    [
        "GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO", "get",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", "[", "null", "{\"rate\":1}", "\0\0\0", "PK\u0003\u0004",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>", "Date,USD\n",
    ];

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task TenThousandHostileRequests_NoServerErrorAndNoGrowth(string transport)
    {
        await using var server = await TestServer.StartAsync(
            time: new ManualTime(TestServer.Friday),
            options: new ServerOptions { Offline = true, Transport = transport });
        var key = server.CreateAdminKey();
        var random = new Random(Seed);
        var (answered, before) = (0, 0L);
        for (var sent = 0; sent < Requests; sent += PerConnection)
        {
            if (sent == WarmUp)
            {
                before = GC.GetTotalMemory(true);
            }

            var requests = Enumerable.Range(0, PerConnection).Select(_ => Request(random, key)).ToList();
            answered += await SendAsync(server.Address, requests);
        }

        var growth = GC.GetTotalMemory(true) - before;

        Assert.Equal(Requests, answered);
        Assert.True(growth < MostGrowthBytes, $"{growth} bytes more after {Requests - WarmUp} requests.");
        Assert.Equal("ok", (await server.GetAsync("/healthz")).Body);
    }

    /// <summary>
    /// Sends one after the other; a connection that the server closes is opened again. Returns the number of answers.
    /// </summary>
    private static async Task<int> SendAsync(Uri server, List<string> requests)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[256 * 1024];
        var answered = 0;
        TcpClient? client = null;
        foreach (var request in requests)
        {
            client ??= await ConnectAsync(server, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
            var isHead = request.StartsWith("HEAD ", StringComparison.Ordinal);
            var (status, isOpen) = await ReadAsync(stream, buffer, isHead, limit.Token);
            Assert.True(status is >= 200 and < 500, $"{status} for {request}");
            answered++;
            if (!isOpen)
            {
                client.Dispose();
                client = null;
            }
        }

        client?.Dispose();
        return answered;
    }

    private static async Task<TcpClient> ConnectAsync(Uri server, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellation);
        return client;
    }

    private static async Task<(int Status, bool IsOpen)> ReadAsync(
        NetworkStream stream, byte[] buffer, bool isHead, CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += read;
            var text = Encoding.Latin1.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                Assert.True(read > 0, $"No answer: '{text}'");
                continue;
            }

            var status = int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
            var head = text[..(end + 2)];
            var closes = head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
            var body = text[(end + 4)..];
            var size = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) is >= 0 and var at
                ? int.Parse(
                    head.AsSpan(at + 16, head.IndexOf('\r', at) - at - 16),
                    System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            var isWhole = isHead || status is 204 or 304
                || (head.Contains("chunked", StringComparison.OrdinalIgnoreCase)
                    ? body.EndsWith("0\r\n\r\n", StringComparison.Ordinal)
                    : body.Length >= size);
            if (isWhole || read == 0)
            {
                return (status, !closes && read > 0);
            }
        }
    }

    private static string Request(Random random, string key)
    {
        var method = Pick(random, Methods);
        var request = new StringBuilder($"{method} {Path(random)}");
        for (var (i, count) = (0, random.Next(4)); i < count; i++)
        {
            request.Append(i == 0 ? '?' : '&').Append(Pick(random, Names)).Append('=').Append(Value(random));
        }

        request.Append(" HTTP/1.1\r\nHost: rondo\r\n");
        for (var i = random.Next(3); i > 0; i--)
        {
            request.Append(Pick(random, Headers)).Append("\r\n");
        }

        if (random.Next(10) == 0)
        {
            request.Append("X-API-Key: ").Append(key).Append("\r\n");
        }

        var body = method is "GET" or "HEAD" or "get" ? "" : Pick(random, Bodies);
        return request
            .Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body)).Append("\r\n\r\n").Append(body)
            .ToString();
    }

    private static string Path(Random random) => random.Next(16) switch
    {
        0 or 1 or 2 => $"/convert/{Pick(random, Codes)}/{Pick(random, Amounts)}",
        3 or 4 => "/currency/convert",
        5 or 6 => "/currency/rates",
        7 => Pick(
            random, ["/currency/currencies", "/currency/status", "/currency/refresh", "/currency/import", "/currency"]),
        8 => $"/currency/overrides/{Pick(random, Codes)}",
        9 => Pick(random, ["/v1/latest", "/v1/current", "/v1/currencies", "/v1"]),
        10 => $"/v1/{Pick(random, Dates)}",
        11 => $"/v1/{Pick(random, Dates)}..{Pick(random, Dates)}",
        12 => Pick(random, ["/v2/rates", "/v2/rates.csv", "/v2/currencies", "/v2/providers"]),
        13 => $"/v2/rate/{Pick(random, Codes)}/{Pick(random, Codes)}",
        14 => $"/v2/currency/{Pick(random, Codes)}",
        _ => Pick(random,
        [
            "/", "//", "/healthz", "/readyz", "/openapi.json", "/%2e%2e/%2e%2e/etc/passwd", "/convert/", "/\\", "*",
            "/" + new string('a', 3000),
        ]),
    };

    private static string Value(Random random) => random.Next(6) switch
    {
        0 => Pick(random, Codes),
        1 => Pick(random, Amounts),
        2 or 3 => Pick(random, Dates),
        4 => Pick(random, Words),
        _ => string.Join(',', Enumerable.Range(0, random.Next(1, 200)).Select(_ => Pick(random, Codes))),
    };

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
