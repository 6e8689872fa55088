using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class KeyEndpointsTests
{
    [Fact]
    public async Task Key_Created_OpensWhatItsScopesSayAndShowsItsTextOnce()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();

        var made = await server.CreateAsync(admin, new
        {
            name = "reader <b>",
            owner = "Ann",
            scopes = new[] { "weather:read", "noise:publish:room-7" },
            addresses = new[] { "127.0.0.1", "::ffff:10.0.0.0/104" },
            origins = new[] { "https://example.org" },
            rate = "5/s",
            quota = 1000,
        });
        var (_, shown) = await server.GetAsync("/auth/keys/" + made.Text("id"), Keys.Bearer(admin));
        var (response, list) = await server.GetAsync("/auth/keys", Keys.Bearer(admin));
        var key = JsonNode.Parse(shown)!;

        Assert.Equal("200 -", await server.VerdictAsync(
            "POST", "/auth/check", """{"scope":"weather:read"}""", Keys.Bearer(made.Text())));
        Assert.Equal("403 insufficient-scope", await server.VerdictAsync(
            "POST", "/auth/check", """{"scope":"noise:publish"}""", Keys.Bearer(made.Text())));
        Assert.Equal("reader <b>", key.Text("name"));
        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8"], key["addresses"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Equal(made.Text()[^4..], key["secrets"]![0]!.Text("ending"));
        Assert.DoesNotContain(made.Text(), shown + list);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(2, JsonNode.Parse(list)!["keys"]!.AsArray().Count);
    }

    [Fact]
    public async Task Key_StrongerThanItsParent_IsRefusedInEveryWay()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var parent = Keys.Bearer((await server.CreateAsync(admin, new
        {
            name = "clerk",
            scopes = new[] { "auth:admin", "weather:read" },
            expires = "30d",
            rate = "1000/s",
        })).Text());
        var adminId = ApiKey.TryParse(admin)!.Prefix;

        string[] refused =
        [
            """{"name":"a","scopes":["*"],"expires":"1d","rate":"1/s"}""",
            """{"name":"a","scopes":["chat:post"],"expires":"1d","rate":"1/s"}""",
            """{"name":"a","scopes":["weather:read"],"expires":"31d","rate":"1/s"}""",
            """{"name":"a","scopes":["weather:read"],"rate":"1/s"}""",
            """{"name":"a","scopes":["weather:read"],"expires":"1d"}""",
        ];
        foreach (var body in refused)
        {
            Assert.Equal("403 weak-parent", await server.VerdictAsync("POST", "/auth/keys", body, parent));
        }

        Assert.Equal("201 -", await server.VerdictAsync(
            "POST", "/auth/keys", """{"name":"a","scopes":["weather:read"],"expires":"1d","rate":"1/s"}""", parent));
        Assert.Equal("403 weak-parent", await server.VerdictAsync(
            "POST", $"/auth/keys/{adminId}/rotate", "{}", parent));
        Assert.Equal("403 weak-parent", await server.VerdictAsync("POST", $"/auth/keys/{adminId}/revoke", "{}", parent));
        Assert.Equal("403 weak-parent", await server.VerdictAsync("DELETE", $"/auth/keys/{adminId}", null, parent));
        Assert.Equal("403 weak-parent", await server.VerdictAsync(
            "PATCH", $"/auth/keys/{adminId}", """{"name":"mine"}""", parent));
    }

    [Fact]
    public async Task LastAdmin_CannotBeEndedInAnyWay()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var (path, header) = ("/auth/keys/" + ApiKey.TryParse(admin)!.Prefix, Keys.Bearer(admin));

        Assert.Equal("409 last-admin", await server.VerdictAsync("DELETE", path, null, header));
        Assert.Equal("409 last-admin", await server.VerdictAsync("POST", path + "/revoke", "{}", header));
        Assert.Equal("409 last-admin", await server.VerdictAsync(
            "PATCH", path, """{"scopes":["weather:read"]}""", header));
        await server.CreateAsync(admin, new { name = "other", scopes = new[] { "*" } });
        Assert.Equal("204 -", await server.VerdictAsync("DELETE", path, null, header));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync("GET", "/auth/keys", null, header));
    }

    [Fact]
    public async Task UnknownExpiredAndRevoked_LookTheSameOutside()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        var expired = (await server.CreateAsync(
            admin, new { name = "e", scopes = new[] { "weather:read" }, expires = "1h" })).Text();
        var revoked = await server.CreateAsync(admin, new { name = "r", scopes = new[] { "weather:read" } });
        await server.VerdictAsync("POST", $"/auth/keys/{revoked.Text("id")}/revoke", "{}", Keys.Bearer(admin));
        time.Advance(TimeSpan.FromHours(1));

        var answers = new List<string>();
        foreach (var key in new[] { ApiKey.Create().Text, expired, revoked.Text(), expired[..^1] + "~" })
        {
            var (response, body) = await server.SendAsync("POST", "/auth/check", null, Keys.Bearer(key));
            var id = response.Headers.GetValues("X-Request-Id").Single();
            answers.Add($"{response.StatusCode} {response.Headers.WwwAuthenticate} {body.Replace(id, "ID")}");
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Rotate_BothTextsCountUntilTheGraceIsOver()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "r", scopes = new[] { "weather:read" } });
        var path = $"/auth/keys/{made.Text("id")}/rotate";
        var (_, body) = await server.SendAsync(
            "POST", path, new StringContent("""{"grace":"2h"}"""), Keys.Bearer(admin));
        var second = JsonNode.Parse(body)!.Text();

        Assert.Equal(["200 -", "200 -"], await CheckAsync(server, made.Text(), second));
        Assert.Equal("409 still-rotating", await server.VerdictAsync("POST", path, """{"grace":"1h"}""", Keys.Bearer(admin)));
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(["401 invalid-credential", "200 -"], await CheckAsync(server, made.Text(), second));
        var (_, third) = await server.SendAsync("POST", path, new StringContent("""{"grace":"0s"}"""), Keys.Bearer(admin));
        Assert.Equal(
            ["401 invalid-credential", "200 -"], await CheckAsync(server, second, JsonNode.Parse(third)!.Text()));
        time.Advance(TimeSpan.FromHours(1));
        await server.VerdictAsync("POST", path.Replace("rotate", "revoke"), "{}", Keys.Bearer(admin));
        Assert.Equal("409 key-expired", await server.VerdictAsync("POST", path, "{}", Keys.Bearer(admin)));
    }

    [Fact]
    public async Task RateAndQuota_AreToldAndKept()
    {
        var time = new ManualTime(TestServer.Friday);
        using var folder = new TestFolder();
        string key;
        await using (var server = await TestServer.StartAsync(time: time, folder: folder))
        {
            key = (await server.CreateAsync(
                server.CreateAdminKey(),
                new { name = "r", scopes = new[] { "weather:read" }, rate = "2/m", quota = 3 })).Text();
            var (first, _) = await server.SendAsync("POST", "/auth/check", null, Keys.Bearer(key));
            Assert.Equal("\"rate\";q=2;w=60, \"quota\";q=3;w=2592000", Header(first, "RateLimit-Policy"));
            Assert.Equal("\"rate\";r=1;t=30, \"quota\";r=2;t=885600", Header(first, "RateLimit"));
            Assert.Equal(["200 -", "429 too-fast"], await CheckAsync(server, key, key));
            time.Advance(TimeSpan.FromSeconds(30));
            Assert.Equal(["200 -"], await CheckAsync(server, key));
            time.Advance(TimeSpan.FromMinutes(1));
            var (last, _) = await server.SendAsync("POST", "/auth/check", null, Keys.Bearer(key));
            Assert.Equal(HttpStatusCode.TooManyRequests, last.StatusCode);
            Assert.Equal("885510", Header(last, "Retry-After"));
        }

        await using (var server = await TestServer.StartAsync(time: time, folder: folder))
        {
            Assert.Equal(["429 quota-spent"], await CheckAsync(server, key));
            var stored = server.Services.GetRequiredService<KeyStore>().All.Single(k => k.Name == "r");
            Assert.Equal(time.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture), stored.Use.LastUsed?.ToString("HH:mm", CultureInfo.InvariantCulture));
            time.Advance(TimeSpan.FromDays(11));
            Assert.Equal(["200 -"], await CheckAsync(server, key));
        }
    }

    [Fact]
    public async Task Address_OutsideTheKeysNetworks_IsNoKey()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var inside = await server.CreateAsync(
            admin, new { name = "in", scopes = new[] { "a:b" }, addresses = new[] { "127.0.0.0/8" } });
        var outside = await server.CreateAsync(
            admin, new { name = "out", scopes = new[] { "a:b" }, addresses = new[] { "10.0.0.0/8", "2001:db8::/32" } });

        Assert.Equal(["200 -", "401 invalid-credential"], await CheckAsync(server, inside.Text(), outside.Text()));
    }

    [Fact]
    public async Task Origin_OfAnotherSite_IsNoKey()
    {
        await using var server = await TestServer.StartAsync();
        var key = (await server.CreateAsync(server.CreateAdminKey(), new
        {
            name = "page",
            scopes = new[] { "a:b" },
            origins = new[] { "https://example.org" },
        })).Text();

        Assert.Equal("200 -", await server.VerdictAsync(
            "POST", "/auth/check", null, Keys.Bearer(key), "Origin: https://example.org"));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync(
            "POST", "/auth/check", null, Keys.Bearer(key), "Origin: https://evil.example"));
        Assert.Equal("200 -", await server.VerdictAsync("POST", "/auth/check", null, Keys.Bearer(key)));
    }

    [Fact]
    public async Task Introspect_TellsOfGoodKeysAloneAndNeedsItsScope()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.CreateAdminKey();
        var key = (await server.CreateAsync(
            admin, new { name = "r", owner = "Ann", scopes = new[] { "weather:read" }, expires = "2099-01-01T00:00:00Z" })).Text();

        var (_, good) = await server.SendAsync("POST", "/auth/introspect", Form("token", key), Keys.Bearer(admin));
        var (_, bad) = await server.SendAsync("POST", "/auth/introspect", Form("token", "x"), Keys.Bearer(admin));
        var (refused, _) = await server.SendAsync("POST", "/auth/introspect", Form("token", key), Keys.Bearer(key));

        var shown = JsonNode.Parse(good)!;
        Assert.Equal(("weather:read", "Ann", 4070908800), (shown.Text("scope"), shown.Text("sub"), shown["exp"]!.GetValue<long>()));
        Assert.Equal("""{"active":false}""", bad);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static async Task<List<string>> CheckAsync(TestServer server, params string[] keys)
    {
        var answers = new List<string>();
        foreach (var key in keys)
        {
            answers.Add(await server.VerdictAsync("POST", "/auth/check", null, Keys.Bearer(key)));
        }

        return answers;
    }

    private static FormUrlEncodedContent Form(string name, string value) => new([KeyValuePair.Create(name, value)]);

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
