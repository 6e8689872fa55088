using Rondo.Services.Auth.Http;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class ForwardTests
{
    private const string Rules = """
        {"Auth": {"Rules": [
            {"Path": "/admin/**", "Scope": "app:admin"},
            {"Path": "/app/**", "Methods": ["GET"], "Scope": "app:read"},
            {"Path": "/open/**", "Public": true},
            {"Path": "/files/**", "Host": "files.example", "Scope": "app:read"}]}}
        """;

    [Theory]
    [InlineData("GET", "/app/x", true, 200)]
    [InlineData("GET", "/app/x?y=/../admin", true, 200)]
    [InlineData("GET", "/app/x", false, 401)]
    [InlineData("GET", "/open/x", false, 200)]
    [InlineData("GET", "/admin/x", true, 403)]
    [InlineData("GET", "/app/../admin/x", true, 403)]
    [InlineData("GET", "/open/../admin/x", false, 401)]
    [InlineData("GET", "/open/%2e%2e/admin/x", false, 401)]
    [InlineData("GET", "//admin//x", false, 401)]
    [InlineData("GET", "/%61dmin/x", false, 401)]
    [InlineData("GET", "/open/%2fadmin", false, 400)]
    [InlineData("GET", "/open/%5c..%5cadmin", false, 400)]
    [InlineData("GET", "/open/%00", false, 400)]
    [InlineData("GET", "/open/%252e%252e/admin", false, 400)]
    [InlineData("GET", "/open\\..\\admin", false, 400)]
    [InlineData("GET", "/open/..;/admin", false, 400)]
    [InlineData("GET", "/open/%", false, 400)]
    [InlineData("GET", "http://a.example/app/x", true, 400)]
    [InlineData("GET", "", true, 400)]
    [InlineData("GET", "/files/x", true, 403)]
    [InlineData("GET", "/elsewhere", true, 403)]
    [InlineData("POST", "/app/x", true, 403)]
    [InlineData("get", "/app/x", true, 400)]
    [InlineData("FOO", "/open/x", false, 200)]
    [InlineData("FOO", "/app/x", true, 403)]
    public async Task Forward_EveryDialect_DecidesByTheRules(string method, string uri, bool hasKey, int expected)
    {
        await using var server = await TestServer.StartAsync(settings: Rules);
        var admin = server.CreateAdminKey();
        var key = hasKey
            ? "X-API-Key: " + (await server.CreateAsync(admin, new { name = "k", scopes = new[] { "app:read" } })).Text()
            : "X-None: 1";

        var forward = await RawHttp.GetAsync(
            server.Address, "/auth/forward", "X-Forwarded-Method: " + method, "X-Forwarded-Host: a.example",
            "X-Forwarded-Uri: " + uri, key);
        var request = await RawHttp.GetAsync(
            server.Address, "/auth/request", "X-Original-Method: " + method,
            "X-Original-URL: " + (uri.StartsWith('/') ? "https://a.example" + uri : "ftp://x"), key);

        Assert.Equal(expected, forward.Status);
        Assert.Equal(expected == 400 ? 403 : expected, request.Status);
        Assert.DoesNotContain("Location", forward.Headers.Keys);
    }

    [Fact]
    public async Task Forward_Allowed_TellsWhoItIs()
    {
        await using var server = await TestServer.StartAsync();
        var key = await server.CreateAsync(
            server.CreateAdminKey(), new { name = "k", owner = "Zoë A", scopes = new[] { "app:read", "app:write:x" } });

        var answer = await RawHttp.GetAsync(
            server.Address, "/auth/forward?scope=app:read", "X-Forwarded-Method: POST", "X-Forwarded-Host: a.example",
            "X-Forwarded-Uri: /", "Authorization: Bearer " + key.Text());

        Assert.Equal(200, answer.Status);
        Assert.Equal(key.Text("id"), answer.Headers["X-Auth-Key-Id"]);
        Assert.Equal("Zo%C3%AB%20A", answer.Headers["X-Auth-Subject"]);
        Assert.Equal("app:read app:write:x", answer.Headers["X-Auth-Scopes"]);
        Assert.Equal(403, (await RawHttp.GetAsync(
            server.Address, "/auth/forward?scope=app:admin", "X-Forwarded-Method: GET", "X-Forwarded-Host: a",
            "X-Forwarded-Uri: /", "X-API-Key: " + key.Text())).Status);
        Assert.Equal(403, (await RawHttp.GetAsync(
            server.Address, "/auth/forward?scope=app:read&scope=app:admin", "X-Forwarded-Method: GET", "X-Forwarded-Host: a",
            "X-Forwarded-Uri: /", "X-API-Key: " + key.Text())).Status);
    }

    [Theory]
    [InlineData("GET /auth/ext/app/x", 200)]
    [InlineData("GET /auth/ext/admin", 403)]
    [InlineData("DELETE /auth/ext/app/x", 403)]
    [InlineData("GET /auth/ext/app/%2e%2e/admin", 403)]
    [InlineData("FOO /auth/ext/open/", 200)]
    public async Task Extended_AnyMethodAndPath_IsTheOriginal(string line, int expected)
    {
        await using var server = await TestServer.StartAsync(settings: Rules);
        var key = (await server.CreateAsync(
            server.CreateAdminKey(), new { name = "k", scopes = new[] { "app:read" } })).Text();

        var answer = await RawHttp.SendAsync(
            server.Address, $"{line} HTTP/1.1\r\nHost: a.example\r\nX-API-Key: {key}\r\nConnection: close\r\n\r\n");

        Assert.Equal(expected, answer.Status);
    }

    [Fact]
    public async Task Forward_PeerThatIsNotTrusted_IsRefusedWhateverItSays()
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Auth": {"TrustedProxies": ["10.0.0.0/8"], "Rules": [{"Path": "/**", "Public": true}]}}""");

        var answer = await RawHttp.GetAsync(
            server.Address, "/auth/forward", "X-Forwarded-Method: GET", "X-Forwarded-Host: a", "X-Forwarded-Uri: /",
            "X-Forwarded-For: 10.0.0.1");

        Assert.Equal(403, answer.Status);
        Assert.Contains("untrusted-proxy", answer.Body);
    }

    [Fact]
    public async Task Forward_KeyWithNetworks_IsHeldAgainstTheClient()
    {
        await using var server = await TestServer.StartAsync();
        var key = (await server.CreateAsync(server.CreateAdminKey(), new
        {
            name = "k",
            scopes = new[] { "app:read" },
            addresses = new[] { "192.0.2.0/24" },
        })).Text();

        async Task<int> FromAsync(string chain) => (await RawHttp.GetAsync(
            server.Address, "/auth/forward?scope=app:read", "X-Forwarded-Method: GET", "X-Forwarded-Host: a",
            "X-Forwarded-Uri: /", "X-API-Key: " + key, "X-Forwarded-For: " + chain)).Status;

        Assert.Equal(200, await FromAsync("192.0.2.7"));
        Assert.Equal(401, await FromAsync("192.0.2.7, 198.51.100.1"));
        Assert.Equal(200, await FromAsync("::ffff:192.0.2.7"));
    }

    [Theory]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("/../..", "/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a//b/", "/a/b/")]
    [InlineData("/%C3%A9", "/é")]
    [InlineData("/a?x#y", "/a")]
    [InlineData("/%ff", null)]
    [InlineData("/é", null)]
    [InlineData("a", null)]
    [InlineData("/%3b", null)]
    public void Path_HasOneForm(string uri, string? expected) => Assert.Equal(expected, OriginalRequest.Normalise(uri));

    [Theory]
    [InlineData("""{"Path": "x", "Scope": "a:b"}""")]
    [InlineData("""{"Path": "/x"}""")]
    [InlineData("""{"Path": "/x", "Scope": "a:b", "Public": true}""")]
    [InlineData("""{"Path": "/x", "Scope": "nothing"}""")]
    public async Task Rule_Wrong_RefusesTheStart(string rule)
    {
        var refused = await Assert.ThrowsAsync<Rondo.Services.Hosting.StartException>(
            () => TestServer.StartAsync(settings: $$$"""{"Auth": {"Rules": [{{{rule}}}]}}"""));

        Assert.Contains("Rules:0", refused.Message);
    }
}
