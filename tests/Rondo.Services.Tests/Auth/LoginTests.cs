using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

public sealed class LoginTests
{
    [Fact]
    public async Task Login_WithAKey_MakesTheBrowserItsHolder()
    {
        using var folder = new TestFolder();
        string admin, cookies, token;
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            admin = server.CreateAdminKey();
            using var browser = Browser(server);
            var response = await PostAsync(browser, "/login", ("key", admin), ("next", "/chat"));
            var set = response.Headers.GetValues("Set-Cookie").ToList();
            (cookies, token) = (string.Join("; ", set.Select(c => c.Split(';')[0])), set[1].Split(';')[0].Split('=')[1]);

            Assert.Equal((HttpStatusCode.SeeOther, "/chat"), (response.StatusCode, response.Headers.Location!.ToString()));
            Assert.Contains("httponly", set[0]);
            Assert.Contains("samesite=lax", set[0]);
            Assert.DoesNotContain(admin, cookies);
            Assert.Contains("as <bdi>admin</bdi>", (await server.GetAsync("/chat", "Cookie: " + cookies)).Body);
        }

        // Over a restart.
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            const string room = """{"topic":"t"}""";
            Assert.Equal("403 csrf-token-missing", await server.VerdictAsync("PUT", "/chat/rooms/r", room, "Cookie: " + cookies));
            Assert.Equal("403 csrf-token-missing", await server.VerdictAsync(
                "PUT", "/chat/rooms/r", room, "Cookie: " + cookies, "X-CSRF-Token: " + new string('0', 64)));
            Assert.Equal("201 -", await server.VerdictAsync(
                "PUT", "/chat/rooms/r", room, "Cookie: " + cookies, "X-CSRF-Token: " + token));
            Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/keys", null, "Cookie: " + cookies));
            Assert.Equal("400 conflicting-credentials", await server.VerdictAsync(
                "GET", "/auth/keys", null, "Cookie: " + cookies, "X-API-Key: wrong"));
            Assert.Equal("200 -", await server.VerdictAsync(
                "GET", "/auth/keys", null, "Cookie: " + cookies, "X-API-Key: " + admin));

            var (foreign, _) = await server.SendAsync(
                "POST", "/logout", new FormUrlEncodedContent([]), "Cookie: " + cookies, "Origin: https://evil.example");
            var (own, _) = await server.SendAsync(
                "POST", "/logout", new FormUrlEncodedContent([]), "Cookie: " + cookies,
                "Origin: " + server.Address.GetLeftPart(UriPartial.Authority));
            Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
            Assert.Equal("401 missing-credential", await server.VerdictAsync("GET", "/auth/keys", null, "Cookie: " + cookies));
            Assert.NotEqual(HttpStatusCode.Forbidden, own.StatusCode);
        }
    }

    [Fact]
    public async Task Session_ItsKeyRevokedOrItsTimeOver_IsAGuestAgain()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "k", scopes = new[] { "auth:audit" } });
        using var browser = Browser(server);
        var (first, second) = (await CookieAsync(browser, made.Text()), await CookieAsync(browser, admin));
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/audit", null, first));

        await server.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", "{}", Keys.Bearer(admin));
        time.Advance(TimeSpan.FromDays(6));
        Assert.Equal("401 missing-credential", await server.VerdictAsync("GET", "/auth/audit", null, first));
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/audit", null, second));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("401 missing-credential", await server.VerdictAsync("GET", "/auth/audit", null, second));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/a\r\nSet-Cookie: x=1")]
    public async Task Login_NextElsewhere_LeadsToTheChat(string next)
    {
        await using var server = await TestServer.StartAsync();
        using var browser = Browser(server);

        var response = await PostAsync(browser, "/login", ("key", server.CreateAdminKey()), ("next", next));

        Assert.Equal("/chat", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Login_WrongKeyOrForeignPage_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = Browser(server);
        var key = server.CreateAdminKey();

        var wrong = await PostAsync(browser, "/login", ("key", "<script>"));
        var (foreign, _) = await server.SendAsync(
            "POST", "/login", new FormUrlEncodedContent([KeyValuePair.Create("key", key)]), "Origin: https://evil.example");

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.DoesNotContain("<script>", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Theory]
    [InlineData("PATCH", "/chat/rooms/lobby/messages/1")]
    [InlineData("DELETE", "/chat/rooms/lobby/messages/1")]
    [InlineData("PUT", "/chat/rooms/kitchen")]
    public async Task Change_WithNeitherKeyNorCookie_NeedsOneAlsoOnThisMachine(string method, string path)
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("a"));

        Assert.Equal("401 missing-credential", await server.VerdictAsync(method, path, "{}"));
    }

    [Fact]
    public async Task Name_WithHtml_IsTextOnThePage()
    {
        await using var server = await TestServer.StartAsync();
        var made = await server.CreateAsync(
            server.CreateAdminKey(), new { name = "<img src=x onerror=alert(1)>", scopes = new[] { "chat:post" } });
        using var browser = Browser(server);

        var (_, page) = await server.GetAsync("/login", await CookieAsync(browser, made.Text()));

        Assert.Contains("&lt;img src=x", page);
        Assert.DoesNotContain("<img src=x", page);
    }

    [Fact]
    public async Task Ticket_OpensItsPathOnceAndSoon()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var admin = server.CreateAdminKey();

        var good = await TicketAsync("/auth/audit");
        Assert.Equal("200 -", await server.VerdictAsync("GET", "/auth/audit?ticket=" + good, null));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync("GET", "/auth/audit?ticket=" + good, null));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync(
            "GET", "/auth/keys?ticket=" + await TicketAsync("/auth/audit"), null));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync(
            "GET", "/auth/audit?ticket=" + await TicketAsync("/auth/audit", "https://a.example"), null, "Origin: https://b.example"));
        Assert.Equal("200 -", await server.VerdictAsync(
            "GET", "/auth/audit?ticket=" + await TicketAsync("/auth/audit", "https://a.example"), null, "Origin: https://a.example"));
        Assert.Equal("400 repeated-parameter", await server.VerdictAsync("GET", "/auth/audit?ticket=a&ticket=b", null));
        var late = await TicketAsync("/auth/audit");
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("401 invalid-credential", await server.VerdictAsync("GET", "/auth/audit?ticket=" + late, null));

        async Task<string> TicketAsync(string path, string? origin = null)
        {
            var body = new JsonObject { ["path"] = path };
            if (origin is not null)
            {
                body["origin"] = origin;
            }

            var (_, answer) = await server.SendAsync(
                "POST", "/auth/tickets", new StringContent(body.ToJsonString()), Keys.Bearer(admin));
            return JsonNode.Parse(answer)!.Text("ticket");
        }
    }

    private static HttpClient Browser(TestServer server) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };

    private static async Task<string> CookieAsync(HttpClient browser, string key) =>
        "Cookie: " + (await PostAsync(browser, "/login", ("key", key))).Headers.GetValues("Set-Cookie").First().Split(';')[0];

    private static Task<HttpResponseMessage> PostAsync(
        HttpClient browser, string path, params (string Name, string Value)[] fields) => browser.PostAsync(
            path,
            new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))),
            TestContext.Current.CancellationToken);
}
