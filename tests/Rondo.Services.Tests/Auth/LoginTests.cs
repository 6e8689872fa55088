using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>A browser that logs in with a key, and what it may do then.</summary>
public sealed class LoginTests
{
    [Fact]
    public async Task Login_WithTheAdminKey_KeepsOrderByItsCookieAlone()
    {
        var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(
            logs: logs, options: new ServerOptions { Offline = true, Verbose = true });
        var key = server.CreateAdminKey();

        var entered = await PostAsync(server, "/login", ("key", key), ("next", "/chat/lobby"));
        var cookie = entered.Headers.GetValues("Set-Cookie").Single();
        var session = "Cookie: " + cookie[..cookie.IndexOf(';')];
        await server.SendAsync(
            "POST", "/chat/rooms/lobby/messages", new StringContent("rude"),
            "Cookie: rondo_guest=" + new string('a', 32));
        var (_, page) = await server.GetAsync("/chat", session);
        var (deleted, _) = await server.SendAsync("DELETE", "/chat/rooms/lobby/messages/1", null, session);

        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        Assert.Equal("/chat/lobby", entered.Headers.Location!.ToString());
        Assert.Matches("^rondo_session=[0-9a-f]{32}; path=/; samesite=strict; httponly$", cookie);
        Assert.Contains("data-role=\"owner\"", page);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain(logs.Lines, line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logout_EndsTheSession()
    {
        await using var server = await TestServer.StartAsync();
        var session = await EnterAsync(server);
        var (_, before) = await server.GetAsync("/login", session);

        var left = await PostAsync(server, "/logout", session);
        var (_, after) = await server.GetAsync("/login", session);

        Assert.Contains("You are in as", before);
        Assert.Equal("/login", left.Headers.Location!.ToString());
        Assert.DoesNotContain("You are in as", after);
    }

    [Fact]
    public async Task Session_AfterTwelveHours_IsOver()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var session = await EnterAsync(server);
        time.Advance(TimeSpan.FromHours(12));

        var (_, page) = await server.GetAsync("/chat", session);

        Assert.Contains("data-role=\"guest\"", page);
    }

    [Theory]
    [InlineData("supersecret")]
    [InlineData("")]
    public async Task Login_WithAnotherKey_IsRefusedAndGivesNothing(string key)
    {
        await using var server = await TestServer.StartAsync();

        var refused = await PostAsync(server, "/login", ("key", key));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("/a\r\nb")]
    public async Task Login_WithAPlaceElsewhere_LeadsToTheChat(string next)
    {
        await using var server = await TestServer.StartAsync();

        var entered = await PostAsync(server, "/login", ("key", server.CreateAdminKey()), ("next", next));

        Assert.Equal("/chat", entered.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Login_FromAPageOfAnotherSite_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var form = new FormUrlEncodedContent([new("key", server.CreateAdminKey())]);

        var (response, _) = await server.SendAsync("POST", "/login", form, "Origin: https://elsewhere.example");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("PATCH", "/chat/rooms/lobby/messages/1")]
    [InlineData("DELETE", "/chat/rooms/lobby/messages/1")]
    [InlineData("PUT", "/chat/rooms/kitchen")]
    public async Task Change_WithNeitherKeyNorCookie_NeedsOneAlsoOnThisMachine(string method, string path)
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("a"));

        var (response, _) = await server.SendAsync(method, path, new StringContent("{}"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static async Task<string> EnterAsync(TestServer server)
    {
        var entered = await PostAsync(server, "/login", ("key", server.CreateAdminKey()));
        var cookie = entered.Headers.GetValues("Set-Cookie").Single();
        return "Cookie: " + cookie[..cookie.IndexOf(';')];
    }

    // Without following where it leads, and without a jar that would keep the cookie.
    private static Task<HttpResponseMessage> PostAsync(
        TestServer server, string path, params (string Name, string Value)[] fields) =>
        PostAsync(server, path, "Cookie: none=", fields);

    private static async Task<HttpResponseMessage> PostAsync(
        TestServer server, string path, string cookie, params (string Name, string Value)[] fields)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = server.Address,
        };
        client.DefaultRequestHeaders.Add("Cookie", cookie["Cookie: ".Length..]);
        return await client.PostAsync(
            path,
            new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))),
            TestContext.Current.CancellationToken);
    }
}
