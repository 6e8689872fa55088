using System.Net;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

public sealed class SetupTests
{
    private const string Path = "/board/setup";

    private static readonly (string, string)[] NameForm =
    [
        ("step", "name"), ("name", "Library <North>"), ("language", "de"), ("tiles", "rooms"), ("tiles", "rates"),
        ("currencies", "chf, usd CHF"),
    ];

    [Fact]
    public async Task Steps_DoneByTheAdmin_AreKeptOverARestart()
    {
        using var folder = new TestFolder();
        string admin;
        await using (var server = await new TestRooms().ServeAsync(folder: folder))
        {
            admin = server.CreateAdminKey();
            Assert.Contains("0 of 3 first steps", (await server.GetAsync("/", "Accept: text/html")).Body);
            Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(server, admin, NameForm)).Status);
            Assert.Equal(
                HttpStatusCode.SeeOther,
                (await PostAsync(server, admin, ("step", "room"), ("name", "Hall"), ("kind", "lobby"))).Status);
            Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(server, admin, ("step", "key"))).Status);
        }

        await using (var server = await new TestRooms().ServeAsync(folder: folder))
        {
            var (_, body) = await server.GetAsync("/", "Accept: text/html", "Accept-Language: en");

            Assert.Contains("<h1>Library &lt;North&gt;</h1>", body);
            Assert.Contains("<html lang=\"de\">", body);
            Assert.Contains("CHF</abbr>", body);
            Assert.DoesNotContain("GBP</abbr>", body);
            Assert.DoesNotContain("id=\"t-chat\"", body);
        }
    }

    [Fact]
    public async Task Setup_WithoutTheKey_IsRefused()
    {
        await using var server = await new TestRooms().ServeAsync();
        var admin = server.CreateAdminKey();
        var chat = await server.CreateAsync(admin, new { name = "chat", scopes = new[] { "chat:post" } });

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, Path));
        asked.Headers.Add("Accept", "text/html");
        var page = await browser.SendAsync(asked, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.SeeOther, "/login?next=%2Fboard%2Fsetup"), (page.StatusCode, page.Headers.Location!.ToString()));
        Assert.Equal("401 missing-credential", await server.VerdictAsync("GET", Path, null));
        Assert.Equal("401 missing-credential", await server.VerdictAsync("POST", Path, null));
        Assert.Equal("403 insufficient-scope", await server.VerdictAsync("GET", Path, null, Keys.Bearer(chat.Text())));
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(server, chat.Text(), NameForm)).Status);
    }

    [Fact]
    public async Task Setup_FromAnotherSitesPage_IsRefused()
    {
        await using var server = await new TestRooms().ServeAsync();
        var admin = server.CreateAdminKey();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var login = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/login"))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("key", admin)]),
        };
        var signedIn = await browser.SendAsync(login, TestContext.Current.CancellationToken);
        var cookie = "Cookie: " + string.Join("; ", signedIn.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        var own = server.Address.GetLeftPart(UriPartial.Authority);

        var (foreign, _) = await server.SendAsync("POST", Path, Form(NameForm), cookie, "Origin: https://evil.example");
        var (silent, _) = await server.SendAsync("POST", Path, Form(NameForm), cookie);
        var (ours, _) = await server.SendAsync("POST", Path, Form(NameForm), cookie, "Origin: " + own);

        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, silent.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ours.StatusCode);
        Assert.Contains("Library &lt;North&gt;", (await server.GetAsync("/", "Accept: text/html")).Body);
    }

    [Theory]
    [InlineData("name", "", "1 to 100 characters")]
    [InlineData("name", "two\nlines", "1 to 100 characters")]
    [InlineData("currencies", "XXQ", "codes of ISO 4217")]
    [InlineData("step", "other", "no such step")]
    [InlineData("step", "ticket", "no such room")]
    public async Task Setup_WhatCannotBe_SaysWhyAndKeepsNothing(string field, string value, string expected)
    {
        await using var server = await new TestRooms().ServeAsync();
        var admin = server.CreateAdminKey();

        var (status, body) = await PostAsync(
            server, admin, [.. NameForm.Where(f => f.Item1 != field), (field, value)]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(expected, body);
        Assert.Contains("<h1>Front desk</h1>", (await server.GetAsync("/", "Accept: text/html")).Body);
    }

    [Fact]
    public async Task Ticket_ForARoom_IsACodeThatNothingKeeps()
    {
        var rooms = new TestRooms { All = [new("hall", "Hall", Rondo.Services.Board.BoardRoomState.Silent)] };
        await using var server = await rooms.ServeAsync(new ManualTime(TestServer.Friday));
        var admin = server.CreateAdminKey();

        var (response, body) = await server.SendAsync(
            "POST", Path, Form([("step", "ticket"), ("room", "hall")]), Keys.Bearer(admin), "Host: hall.example");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Contains("aria-label=\"QR code for measuring in Hall\"", body);
        Assert.Contains("href=\"/noise/measure/hall#ticket=t-1\"", body);
    }

    private static FormUrlEncodedContent Form(IEnumerable<(string, string)> fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)));

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(
        TestServer server, string key, params (string, string)[] fields)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Path)) { Content = Form(fields) };
        request.Headers.Add("X-API-Key", key);
        request.Headers.Add("Accept-Language", "en");
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
