using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Who may use a route, and as often as that.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task RegisteredRoute_AsksForTheServicesScopes()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        var reader = await KeyAsync(rig, "printer:read");
        var writer = await KeyAsync(rig, "printer:write");

        var (missing, body) = await rig.Server.GetAsync("/printer/x");
        Assert.Equal(HttpStatusCode.Unauthorized, missing.StatusCode);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal(
            ("printer:read", "/problems/missing-credential"), (problem.Text("required"), problem.Text("type")));
        Assert.Equal("Bearer realm=\"rondo\"", missing.Headers.WwwAuthenticate.ToString());
        Assert.Equal("401 invalid-credential", await VerdictAsync("GET", "Authorization: Bearer nonsense"));
        Assert.Equal("200 -", await VerdictAsync("GET", reader));
        Assert.Equal("403 insufficient-scope", await VerdictAsync("GET", writer));
        Assert.Equal("200 -", await VerdictAsync("DELETE", writer));
        Assert.Equal("403 insufficient-scope", await VerdictAsync("DELETE", reader));
        Assert.Equal("400 conflicting-credentials", await VerdictAsync("GET", reader, "X-API-Key: other"));
        Assert.Equal(2, rig.Forwarder.Sent.Count);

        Task<string> VerdictAsync(string method, params string[] headers) =>
            rig.Server.VerdictAsync(method, "/printer/x", null, headers);
    }

    [Fact]
    public async Task ConfiguredRoute_AsksForAllItsScopes()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("both", """
            {"match":{"path":"/printer/both"},"service":"printer","auth":{"required":true,"scopes":["a:b","c:d"]}}
            """);
        await rig.RouteAsync(
            "any", """{"match":{"path":"/printer/any"},"service":"printer","auth":{"required":true}}""");

        Assert.Equal("403 insufficient-scope", await VerdictAsync("/printer/both", await KeyAsync(rig, "a:b")));
        Assert.Equal("200 -", await VerdictAsync("/printer/both", await KeyAsync(rig, "a:b", "c:d")));
        Assert.Equal("200 -", await VerdictAsync("/printer/any", await KeyAsync(rig, "x:y")));
        Assert.Equal("401 missing-credential", await rig.Server.VerdictAsync("GET", "/printer/any", null));

        Task<string> VerdictAsync(string path, string key) => rig.Server.VerdictAsync("GET", path, null, key);
    }

    [Fact]
    public async Task StricterRoute_IsNotPassedByWritingItsPathAnotherWay()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync();
        await rig.RouteAsync("admin", """
            {"match":{"path":"/printer/admin/**"},"service":"printer","auth":{"scopes":["printer:admin"]}}
            """);
        var reader = await KeyAsync(rig, "printer:read");
        string[] ways =
        [
            "/printer/admin/x", "/printer/%61dmin/x", "/printer//admin/x", "/printer/./admin/x",
            "/printer/y/../admin/x",
            "/printer/%2e/admin/x", "/printer/y/%2e%2e/admin/x", "/printer/y/..;/admin/x", "/printer%2Fadmin/x",
            "/printer/admin%2Fx", "/printer\\admin/x", "/printer/%252e%252e/admin", "/%70rinter/admin/x",
            "/x/../printer/admin/x", "http://rondo/printer/admin/x",
        ];
        foreach (var way in ways)
        {
            var answer = await RawHttp.GetAsync(rig.Server.Address, way, reader);
            Assert.True(answer.Status is 400 or 403 or 404, $"{way}: {answer.Status}");
        }

        Assert.Empty(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task Limit_OfARoute_IsToldAndHolds()
    {
        await using var rig = await GatewayRig.StartWithPrinterAsync(time: new ManualTime(TestServer.Friday));
        await rig.RouteAsync("slow", """
            {"match":{"path":"/printer/slow"},"service":"printer","limit":{"rate":"2/m","burst":3,"by":"key"}}
            """);
        var (first, _) = await rig.Server.GetAsync("/printer/slow", rig.Key);
        await rig.Server.GetAsync("/printer/slow", rig.Key);
        await rig.Server.GetAsync("/printer/slow", rig.Key);

        var (refused, body) = await rig.Server.GetAsync("/printer/slow", rig.Key);

        Assert.Equal("\"route\";q=2;w=60", Assert.Single(first.Headers.GetValues("RateLimit-Policy")));
        Assert.Equal("\"route\";r=2;t=30", Assert.Single(first.Headers.GetValues("RateLimit")));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(("30", "/problems/too-fast"), (GatewayRig.Seconds(refused), JsonNode.Parse(body)!.Text("type")));
        var other = await KeyAsync(rig, "printer:read");
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/printer/slow", null, other));
        Assert.Equal(4, rig.Forwarder.Sent.Count);
    }

    [Theory]
    [InlineData("TRACE", "/printer/x", "405 method-not-allowed")]
    [InlineData("TRACE", "/healthz", "405 method-not-allowed")]
    [InlineData("POST", "/printer/read", "405 method-not-allowed")]
    public async Task Method_ThatNobodyTakes_IsRefused(string method, string path, string expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.RouteAsync("read", """{"match":{"path":"/printer/read","methods":["GET"]},"service":"printer"}""");

        Assert.Equal(expected, await rig.Server.VerdictAsync(method, path, null, rig.Key));
        Assert.Empty(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task OwnPath_WithARoute_HasItsLimitAndStaysOurs()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.RouteAsync("forecast", """
            {"match":{"path":"/forecast"},"service":"weather","limit":{"rate":"2/h","by":"address"}}
            """);

        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/forecast", null));
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/FORECAST/", null));
        Assert.Equal("429 too-fast", await rig.Server.VerdictAsync("GET", "/forecast", null));
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/today", null));
        Assert.Empty(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task Instance_ThatIsThisProcess_IsServedWithoutASocket()
    {
        await using var rig = await GatewayRig.StartAsync();
        await RegisterHereAsync(rig, "weather", "");
        await RegisterHereAsync(rig, "printer", "");
        await rig.RouteAsync("api", """
            {"match":{"path":"/api/**"},"service":"weather","rewrite":{"strip":"/api"}}
            """);
        await rig.RouteAsync("round", """{"match":{"path":"/round/**"},"service":"printer"}""");

        Assert.Equal(
            (await rig.Server.GetAsync("/forecast")).Body, (await rig.Server.GetAsync("/api/forecast")).Body);
        Assert.Equal("401 missing-credential", await rig.Server.VerdictAsync("GET", "/api/weather", null));
        Assert.Equal("200 -", await rig.Server.VerdictAsync("GET", "/api/weather", null, rig.Key));
        Assert.Equal("508 request-loop", await rig.Server.VerdictAsync("GET", "/round/x", null, rig.Key));
        Assert.Empty(rig.Forwarder.Sent);
    }

    [Fact]
    public async Task OwnService_InAnotherProcess_GetsTheKeyAndDecidesItself()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.RouteAsync("board", """{"match":{"path":"/elsewhere/**"},"service":"board"}""");
        await RegisterHereAsync(rig, "board", "http://10.0.0.7:8080");

        await rig.Server.GetAsync("/elsewhere/x", rig.Key, "Cookie: rondo_session=s");

        var sent = rig.Only();
        Assert.Equal("Bearer " + rig.Admin, sent.Field("Authorization"));
        Assert.Equal("rondo_session=s", sent.Field("Cookie"));
    }

    // As a service of our own does it, which no other may.
    private static async Task RegisterHereAsync(GatewayRig rig, string name, string url)
    {
        var services = rig.Server.Services;
        var outcome = await services.GetRequiredService<RegistryLoop>().AskAsync(() =>
            services.GetRequiredService<ServiceRegistry>().RegisterAsync(
                name, "own", new Registration { Url = url.Length > 0 ? url : rig.Server.OwnAddress.ToString() },
                Claim.Nobody));
        Assert.Null(outcome.Refusal);
    }

    private static async Task<string> KeyAsync(GatewayRig rig, params string[] scopes) =>
        Keys.Bearer((await rig.Server.CreateAsync(rig.Admin, new { name = "k", scopes })).Text());
}
