using System.Text.Json.Nodes;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>What a service gets of a request, and what it never gets.</summary>
public sealed class OutgoingTests
{
    [Fact]
    public async Task Fields_OfOneConnectionOrOfAProxy_StayHere()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var seen = await SentAsync(rig, "GET /printer/x",
            "Connection: X-Nominated, X-Auth-User", "X-Nominated: 1", "Keep-Alive: timeout=5", "TE: trailers",
            "Trailer: X-T", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Proxy-Authorization: Basic eDp5",
            "Proxy-Connection: keep-alive", "Expect: 100-continue", "X-Content-Length: 5",
            "Proxy: http://evil", "X-HTTP-Method-Override: DELETE", "X-Original-URL: /admin", "X-Real-IP: 9.9.9.9",
            "X-Auth-User: root", "X_Auth_User: root", "x-auth-key-id: root", "X_Forwarded_For: 1.1.1.1",
            "X-Rondo-Anything: 1", "Remote-User: root", "X-Forwarded-User: root", "X-Kept: yes", "Accept: a/b");

        var names = seen.Headers.Select(h => h.Key).Order(StringComparer.OrdinalIgnoreCase);
        Assert.Equal(
            ["Accept", "Authorization", "CDN-Loop", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host",
                "X-Forwarded-Proto", "X-Kept", "X-Request-Deadline", "X-Request-Id"],
            names);
    }

    [Fact]
    public async Task Fields_NamedBesideAUsualWord_StayHereOfThatRequestAlone()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var fields = $"Host: rondo\r\n{rig.Key}\r\nX-Foo: a\r\nX-Bar: b\r\n";

        using var client = await RawClient.ConnectAsync(rig.Server.Address);

        await client.SendAsync(
            $"GET /printer/1 HTTP/1.1\r\n{fields}Connection: keep-alive, X-Foo\r\nConnection: x-bar\r\n\r\n"
                + $"GET /printer/2 HTTP/1.1\r\n{fields}Connection: Keep-Alive\r\n\r\n"
                + $"GET /printer/3 HTTP/1.1\r\n{fields}Connection: X-Bar,close\r\n\r\n");
        await client.ToEndAsync();

        Assert.Equal(
            [(null, null), ("a", "b"), ("a", null)],
            rig.Forwarder.Sent.Select(r => (r.Field("X-Foo"), r.Field("X-Bar"))));
    }

    [Fact]
    public async Task Client_ThatNobodyTrusts_IsToldAsItIs()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var seen = await SentAsync(
            rig, "GET /printer/x", "X-Forwarded-For: 9.9.9.9", "X-Forwarded-Host: evil", "X-Forwarded-Proto: https",
            "X-Forwarded-Prefix: /evil", "Forwarded: for=9.9.9.9");

        Assert.Equal("127.0.0.1", seen.Field("X-Forwarded-For"));
        Assert.Equal("rondo", seen.Field("X-Forwarded-Host"));
        Assert.Equal("http", seen.Field("X-Forwarded-Proto"));
        Assert.Null(seen.Field("X-Forwarded-Prefix"));
        Assert.Equal("for=127.0.0.1;host=\"rondo\";proto=http", seen.Field("Forwarded"));
        Assert.Equal("rondo", seen.Host);
    }

    [Fact]
    public async Task Client_OfATrustedProxy_IsToldAsTheProxySays()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(
            settings: """{"Gateway": {"TrustedProxies": ["127.0.0.0/8", "10.0.0.0/8"]}}""");
        await rig.RouteAsync("limited", """
            {"match":{"path":"/printer/limited"},"service":"printer","rewrite":{"strip":"/printer"},
             "limit":{"rate":"1/h","burst":1,"by":"address"}}
            """);
        string[] proxied =
        [
            "X-Forwarded-For: 9.9.9.9, 8.8.8.8, 10.1.1.1", "X-Forwarded-Host: example.org",
            "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /outer/", "Forwarded: for=8.8.8.8",
        ];
        var seen = await SentAsync(rig, "GET /printer/limited", proxied);

        Assert.Equal("9.9.9.9, 8.8.8.8, 10.1.1.1, 127.0.0.1", seen.Field("X-Forwarded-For"));
        Assert.Equal("example.org", seen.Field("X-Forwarded-Host"));
        Assert.Equal("https", seen.Field("X-Forwarded-Proto"));
        Assert.Equal("/outer/printer", seen.Field("X-Forwarded-Prefix"));
        Assert.Equal("for=8.8.8.8, for=127.0.0.1;host=\"rondo\";proto=http", seen.Field("Forwarded"));
        Assert.Equal("/limited", seen.Target);

        // 8.8.8.8 is the client: 9.9.9.9 could have been written by it.
        Assert.Equal("429 too-fast", await VerdictAsync(rig, "X-Forwarded-For: 7.7.7.7, 8.8.8.8"));
        Assert.Equal("200 -", await VerdictAsync(rig, "X-Forwarded-For: 8.8.8.8, 9.9.9.9"));

        static Task<string> VerdictAsync(GatewayRig rig, string header) =>
            rig.Server.VerdictAsync("GET", "/printer/limited", null, rig.Key, header);
    }

    [Fact]
    public async Task Key_OfAClient_BecomesATokenForTheService()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(settings: """{"Auth": {"QueryKeys": true}}""");
        var seen = await SentAsync(
            rig, $"GET /printer/x?KEY={rig.Admin}&a=%2B&b",
            "Cookie: rondo_session=x; theirs=1; rondo_guest=y", $"X-API-Key: {rig.Admin}");

        Assert.Equal("/printer/x?a=%2B&b", seen.Target);
        Assert.Equal("theirs=1", seen.Field("Cookie"));
        Assert.Null(seen.Field("X-API-Key"));
        var token = seen.Field("Authorization")!;
        Assert.StartsWith("Bearer ey", token);
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        Assert.Equal("printer", claims.Text("aud"));
        var again = await SentAsync(rig, "GET /printer/x");
        Assert.Equal(token, again.Field("Authorization"));
    }

    [Fact]
    public async Task PublicRoute_KeysOfTheService_ReachItAndOursDoNot()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync(
            "open", """{"match":{"path":"/open/**"},"service":"printer","auth":{"required":false}}""");

        var theirs = await SentAsync(
            rig, "GET /open/x?ticket=5&key=5", "!", "Authorization: Basic dTpw", "X-API-Key: k");
        var ours = await SentAsync(rig, $"GET /open/x?a={rig.Admin}", "!", $"Authorization: Bearer {rig.Admin}");
        var lease = await SentAsync(rig, "GET /open/x", "!", "Authorization: Lease abc");

        Assert.Equal(
            ("/open/x?ticket=5&key=5", "Basic dTpw", "k"),
            (theirs.Target, theirs.Field("Authorization"), theirs.Field("X-API-Key")));
        Assert.Equal(("/open/x", null), (ours.Target, ours.Field("Authorization")));
        Assert.Null(lease.Field("Authorization"));
    }

    [Fact]
    public async Task Request_WithATrace_HandsItOn()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        var seen = await SentAsync(rig, "GET /printer/x", "traceparent: " + trace, "X-Request-Id: id_1-2");

        Assert.Equal((trace, "id_1-2"), (seen.Field("traceparent"), seen.Field("X-Request-Id")));
        Assert.Matches("^1.1 rondo-[0-9a-f]{12}$", seen.Field("Via"));
    }

    [Fact]
    public async Task Request_ThatHasBeenHereTenTimes_IsALoop()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var node = (await SentAsync(rig, "GET /printer/x")).Field("CDN-Loop")!;

        Task<string> Verdict(string name, int rounds) => rig.Server.VerdictAsync(
            "GET", "/printer/x", null, rig.Key,
            $"{name}: {string.Join(", ", Enumerable.Repeat("1.1 " + node, rounds))}");

        Assert.Equal("200 -", await Verdict("Via", 9));
        Assert.Equal("508 request-loop", await Verdict("Via", 10));
        Assert.Equal("508 request-loop", await Verdict("CDN-Loop", 10));
        var foreign = "Via: 1.1 " + new string('a', 999);
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/printer/x", null, rig.Key, foreign));
    }

    [Fact]
    public async Task Rewrite_StripAndHost_AreDone()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("api", """
            {"match":{"path":"/api/v9/**"},"service":"printer","rewrite":{"strip":"/api/v9","pass_host":false}}
            """);

        var below = await SentAsync(rig, "GET /api/v9/jobs/1?x=/api/v9");
        var root = await SentAsync(rig, "GET /api/v9");
        var query = await SentAsync(rig, "GET /api/v9?a=b");

        Assert.Equal(["/jobs/1?x=/api/v9", "/", "/?a=b"], new[] { below, root, query }.Select(s => s.Target));
        Assert.Equal(("/api/v9", "10.0.0.1:8080"), (below.Field("X-Forwarded-Prefix"), below.Host));
    }

    /// <summary>What is sent on for a request; with the administrator's key unless a header is <c>!</c>.</summary>
    private static async Task<ForwardRequest> SentAsync(GatewayRig rig, string request, params string[] headers)
    {
        rig.Forwarder.Sent.Clear();
        var all = headers.Contains("!") ? headers.Where(h => h != "!") : headers.Append(rig.Key);

        // Of 1.0, so that the server closes: beside 'close' it keeps what else Connection says to itself.
        var fields = string.Concat(all.Select(h => h + "\r\n"));
        var answer = await RawHttp.SendAsync(
            rig.Server.Address, $"{request} HTTP/1.0\r\nHost: rondo\r\n{fields}\r\n");
        Assert.True(answer.Status == 200, answer.Body);
        return rig.Only();
    }
}
