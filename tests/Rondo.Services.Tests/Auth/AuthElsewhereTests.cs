using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Auth;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Auth;

/// <summary>
/// A service alone that checks keys with the auth service which its registry knows. What ends within a second, ends in
/// real time.
/// </summary>
public sealed class AuthElsewhereTests : IAsyncLifetime
{
    private const int Unauthorised = 4401;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private TestServer _up = null!;
    private string _admin = "";

    public async ValueTask InitializeAsync()
    {
        _up = await TestServer.StartAsync();
        _admin = _up.CreateAdminKey();
    }

    public ValueTask DisposeAsync() => _up.DisposeAsync();

    [Fact]
    public async Task Weather_Alone_LetsInByTheKeysOfTheAuthService()
    {
        await using var weather = await ServeAsync("weather");
        var reader = await KeyAsync("weather:read");
        var other = await KeyAsync("chat:post");

        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/forecast", null));
        Assert.Equal("401 missing-credential", await weather.VerdictAsync("GET", "/weather", null));
        Assert.Equal("401 invalid-credential", await weather.VerdictAsync("GET", "/weather", null, Keys.Bearer("no")));
        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/weather", null, Keys.Bearer(reader.Text())));
        var (refused, body) = await weather.GetAsync("/weather", Keys.Bearer(other.Text()));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("weather:read", JsonNode.Parse(body)!["required"]!.GetValue<string>());
    }

    [Fact]
    public async Task Refusal_ByAServiceAlone_IsInItsOwnAudit()
    {
        using var logs = new LogCapture();
        using var folder = new TestFolder();
        var weather = await _up.ServeAsync("weather", await _up.KeyFileAsync(_admin), logs, folder);
        var unknown = Keys.Bearer(ApiKey.Create().Text);
        Assert.Equal("401 invalid-credential", await weather.VerdictAsync("GET", "/weather", null, unknown));
        await weather.DisposeAsync();

        Assert.DoesNotContain(logs.Lines, l => l.StartsWith("Error ", StringComparison.Ordinal));
        var (said, mistake) = (new StringWriter(), new StringWriter());
        Assert.Equal(
            0, await AuditTool.VerifyAsync(null, TestDatabase.FileIn(folder), folder.Path, said, mistake));
        Assert.StartsWith("1 events are linked", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weather_AuthGone_Is503WhereAKeyIsNeededAndAnswersElsewhere()
    {
        await using var weather = await ServeAsync("weather");
        var reader = Keys.Bearer((await KeyAsync("weather:read")).Text());
        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/weather", null, reader));

        await _up.StopAsync();

        await UntilAsync("503 auth-unavailable", () => weather.VerdictAsync("GET", "/weather", null, reader));
        var (response, _) = await weather.GetAsync("/weather", reader);
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/forecast", null));
        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/healthz", null));
        Assert.Equal("401 missing-credential", await weather.VerdictAsync("GET", "/weather", null));
    }

    [Fact]
    public async Task Weather_KeyRevoked_IsOutWithinASecond()
    {
        await using var weather = await ServeAsync("weather");
        var made = await KeyAsync("weather:read");
        var reader = Keys.Bearer(made.Text());
        Assert.Equal("200 -", await weather.VerdictAsync("GET", "/weather", null, reader));

        await RevokeAsync(made);

        await UntilAsync("401 invalid-credential", () => weather.VerdictAsync("GET", "/weather", null, reader));
    }

    [Fact]
    public async Task Weather_KeyWithAQuota_IsCountedWhereTheKeysAre()
    {
        await using var weather = await ServeAsync("weather");
        var made = await _up.CreateAsync(_admin, new { name = "q", scopes = new[] { "weather:read" }, quota = 3 });
        var reader = Keys.Bearer(made.Text());

        for (var left = 2; left >= 0; left--)
        {
            var (response, _) = await weather.GetAsync("/weather", reader);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains($"r={left}", response.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }

        Assert.Equal("429 quota-spent", await weather.VerdictAsync("GET", "/weather", null, reader));
        Assert.Equal("429 quota-spent", await _up.VerdictAsync("GET", "/weather", null, reader));
    }

    [Fact]
    public async Task Weather_KeyOfAnotherNetworkOrPage_IsRefused()
    {
        await using var weather = await ServeAsync("weather");
        var far = await _up.CreateAsync(
            _admin, new { name = "n", scopes = new[] { "weather:read" }, addresses = new[] { "10.0.0.0/8" } });
        var page = await _up.CreateAsync(
            _admin, new { name = "p", scopes = new[] { "weather:read" }, origins = new[] { "https://example.org" } });

        Assert.Equal(
            "401 invalid-credential", await weather.VerdictAsync("GET", "/weather", null, Keys.Bearer(far.Text())));
        Assert.Equal("200 -", await weather.VerdictAsync(
            "GET", "/weather", null, Keys.Bearer(page.Text()), "Origin: https://example.org"));
        Assert.Equal("401 invalid-credential", await weather.VerdictAsync(
            "GET", "/weather", null, Keys.Bearer(page.Text()), "Origin: https://example.com"));
    }

    [Fact]
    public async Task Chat_Alone_KnowsSessionsAndTicketsAndClosesWhatARevokedKeyHasOpened()
    {
        await using var chat = await ServeAsync("chat");
        var made = await KeyAsync("chat:post");
        using var holder = await ChatClient.HelloAsync(chat.Address, key: made.Text());
        using var guest = await ChatClient.HelloAsync(chat.Address);
        await holder.UntilAsync("live");
        await guest.UntilAsync("live");
        var ticket = await TicketAsync(made.Text());
        Assert.Equal("426 upgrade-required", await chat.VerdictAsync("GET", $"/chat/ws?ticket={ticket}", null));
        Assert.Equal("401 invalid-credential", await chat.VerdictAsync("GET", $"/chat/ws?ticket={ticket}", null));
        var session = await SessionAsync(made.Text());
        Assert.Equal(
            "403 csrf-token-missing",
            await chat.VerdictAsync("POST", "/chat/rooms/lobby/messages", """{"text":"hello"}""", "Cookie: " + session));
        Assert.Equal("201 -", await chat.VerdictAsync(
            "POST", "/chat/rooms/lobby/messages", """{"text":"hello"}""", "Cookie: " + session,
            "X-CSRF-Token: " + session.Split("rondo_csrf=")[1]));

        await RevokeAsync(made);

        Assert.Equal(Unauthorised, await holder.CloseCodeAsync().WaitAsync(Guard, TestContext.Current.CancellationToken));
        await guest.SendAsync("""{"type":"ping"}""");
        await guest.UntilAsync("pong");
    }

    [Fact]
    public async Task Chat_AuthGone_WhoIsSignedInReadsAsEverybodyAndDoesNotWriteAsSomebodyElse()
    {
        await using var chat = await ServeAsync("chat");
        var session = "Cookie: " + await SessionAsync((await KeyAsync("chat:post")).Text());
        await _up.StopAsync();

        await UntilAsync("503 auth-unavailable", () => chat.VerdictAsync(
            "POST", "/chat/rooms/lobby/messages", """{"text":"hello"}""", session));
        Assert.Equal("200 -", await chat.VerdictAsync("GET", "/chat/rooms/lobby/messages", null, session));
        Assert.Equal("200 -", await chat.VerdictAsync("GET", "/chat", null, session));
        Assert.Equal("200 -", await chat.VerdictAsync("GET", "/chat/rooms/lobby/messages", null));
    }

    [Fact]
    public async Task Check_ForOthers_IsAnsweredToTrustedMachinesAlone()
    {
        await using var strict = await TestServer.StartAsync(
            settings: """{"Auth": {"TrustedProxies": ["10.9.9.9"]}}""");
        var key = strict.CreateAdminKey();
        var body = """{"for":{"text":"KEY","path":"/","address":"10.0.0.7"}}""".Replace("KEY", key);

        Assert.Equal("403 untrusted-proxy", await strict.VerdictAsync("POST", "/auth/check", body));
        Assert.Equal("403 untrusted-proxy", await strict.VerdictAsync("POST", "/auth/check", """{"held":["aaaaaaaa"]}"""));
        Assert.Equal("200 -", await strict.VerdictAsync("POST", "/auth/check", "{}", Keys.Bearer(key)));
        Assert.Equal("200 -", await _up.VerdictAsync("POST", "/auth/check", body));
        Assert.Equal(
            "403 untrusted-proxy", await _up.VerdictAsync("POST", "/auth/check", body, "X-Forwarded-For: 10.0.0.7"));
        Assert.Equal("422 unusable-key", await _up.VerdictAsync("POST", "/auth/check", """{"for":{"address":"here"}}"""));
        Assert.Equal("422 unusable-key", await _up.VerdictAsync("POST", "/auth/check", """{"for":{"key":"x"}}"""));
        Assert.Equal("422 unusable-key", await _up.VerdictAsync("POST", "/auth/check", """{"for":7}"""));
    }

    private async Task<TestServer> ServeAsync(string service) =>
        await _up.ServeAsync(service, await _up.KeyFileAsync(_admin));

    private Task<JsonNode> KeyAsync(string scope) =>
        _up.CreateAsync(_admin, new { name = "k", scopes = new[] { scope } });

    private Task<string> RevokeAsync(JsonNode made) =>
        _up.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", "{}", Keys.Bearer(_admin));

    private async Task<string> TicketAsync(string key)
    {
        var (_, body) = await _up.SendAsync(
            "POST", "/auth/tickets", JsonContent.Create(new { path = "/chat/ws" }), Keys.Bearer(key));
        return JsonNode.Parse(body)!.Text("ticket");
    }

    private async Task<string> SessionAsync(string key)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var login = new HttpRequestMessage(HttpMethod.Post, new Uri(_up.Address, "/login"))
        {
            Content = new FormUrlEncodedContent([new("key", key)]),
        };
        login.Headers.Add("Origin", _up.Address.ToString().TrimEnd('/'));
        using var response = await browser.SendAsync(login, TestContext.Current.CancellationToken);
        return string.Join("; ", response.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
    }

    // Until the server's word is heard: guarded by the test's own patience.
    private static async Task UntilAsync(string expected, Func<Task<string>> ask)
    {
        using var limit = new CancellationTokenSource(Guard);
        string seen;
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            seen = await ask();
        }
        while (seen != expected);
    }
}
