using System.Net;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat.Page;

/// <summary>The page as a browser without scripts has it; Rondo.Browser.Tests has the rest.</summary>
public sealed class ChatPageEndpointsTests
{
    [Theory]
    [InlineData("/chat")]
    [InlineData("/chat/lobby")]
    public async Task Page_Read_IsGuardedAndGivesAGuestACookie(string path)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.GetAsync(path);

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.StartsWith("rondo_guest=", response.Headers.GetValues("Set-Cookie").Single());
        Assert.Contains("data-room=\"lobby\"", body);
    }

    [Fact]
    public async Task Form_Posted_LeadsBackToTheMessage()
    {
        await using var server = await TestServer.StartAsync();

        var posted = await PostAsync(server, ("body", "one\r\n<two>"), ("name", " Ada "), ("client_id", "1"));
        var repeated = await PostAsync(server, ("body", "one\r\n<two>"), ("name", " Ada "), ("client_id", "1"));
        var (_, page) = await server.GetAsync("/chat");

        Assert.Equal((HttpStatusCode.SeeOther, "/chat/lobby#m1"), (posted.StatusCode, Location(posted)));
        Assert.Equal("/chat/lobby#m1", Location(repeated));
        Assert.Contains(posted.Headers.GetValues("Set-Cookie"), c => c.StartsWith("rondo_name=Ada;", StringComparison.Ordinal));
        Assert.Contains(">one\n&lt;two&gt;</span>", page);
        Assert.Contains(">Ada</bdi>", page);
        Assert.DoesNotContain("id=\"m2\"", page);
    }

    [Theory]
    [InlineData("body", "\u200b \n", HttpStatusCode.UnprocessableEntity, "The message has nothing to be seen.")]
    [InlineData("body", "\u0000<x>", HttpStatusCode.UnprocessableEntity, "The text has a zero character.")]
    public async Task Form_TextNotTaken_ComesBackWithTheReason(
        string field, string text, HttpStatusCode status, string reason)
    {
        await using var server = await TestServer.StartAsync();

        var refused = await PostAsync(server, (field, text));

        Assert.Equal(status, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"role=\"alert\">{reason}</p>", page);
        Assert.DoesNotContain("<x>", page);
    }

    [Fact]
    public async Task Form_OfAnotherSite_Is403()
    {
        await using var server = await TestServer.StartAsync();

        var (response, _) = await server.SendAsync(
            "POST", "/chat/lobby", new FormUrlEncodedContent([new("body", "hi")]), "Origin: https://example.org");
        var (_, page) = await server.GetAsync("/chat");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("id=\"m1\"", page);
    }

    [Fact]
    public async Task Room_Unknown_Is404()
    {
        await using var server = await TestServer.StartAsync();

        var (read, _) = await server.GetAsync("/chat/nowhere");
        var (posted, _) = await server.SendAsync(
            "POST", "/chat/nowhere", new FormUrlEncodedContent([new("body", "hi")]));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (read.StatusCode, posted.StatusCode));
    }

    [Theory]
    [InlineData("/chat/rooms")]
    [InlineData("/chat/status")]
    [InlineData("/chat/ws")]
    public async Task Form_ToAnotherRouteOfTheChat_Is405(string path)
    {
        await using var server = await TestServer.StartAsync();

        var (response, body) = await server.SendAsync("POST", path, new FormUrlEncodedContent([new("body", "hi")]));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("takes GET, not POST", body);
    }

    [Fact]
    public async Task Page_Before_ShowsWhatIsOlder()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var text in new[] { "oldest", "newer", "newest" })
        {
            await PostAsync(server, ("body", text));
        }

        var (_, page) = await server.GetAsync("/chat/lobby?before=2");
        var (refused, _) = await server.GetAsync("/chat/lobby?before=x");

        Assert.Contains(">oldest<", page);
        Assert.DoesNotContain(">newer<", page);
        Assert.Contains("Back to the newest messages", page);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Page_Refreshing_NeedsNoScript()
    {
        await using var server = await TestServer.StartAsync();

        var (_, page) = await server.GetAsync("/chat/lobby?refresh=10");

        Assert.Contains("<meta http-equiv=\"refresh\" content=\"10\">", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("<form", page);
    }

    [Fact]
    public async Task Page_ReadWhileSomebodySpeaks_GoesOnBehindWhatItShows()
    {
        var store = new FullableStore();
        await using var server = await TestServer.StartAsync(configure: services =>
            services.AddSingleton<IEventStore>(provider => store.Over(TestDatabase.StoreOf(provider))));
        await PostAsync(server, ("body", "before"));
        store.Meanwhile = async () => await PostAsync(server, ("body", "meanwhile"));

        var (_, page) = await server.GetAsync("/chat");

        var shown = page.Contains(">meanwhile<", StringComparison.Ordinal) ? 2 : 1;
        Assert.Matches($"data-cursor=\"[0-9a-f]+-{shown}\"", page);
    }

    [Fact]
    public async Task Page_Scripts_AreAllNamedAndAllThere()
    {
        await using var server = await TestServer.StartAsync();
        var files = Directory.GetFiles(Repository.PathOf("src/Rondo.Services/Chat/Page"), "*.js").Select(Path.GetFileName);

        var (_, page) = await server.GetAsync("/chat");

        Assert.All(files, file => Assert.Contains($"\"/assets/{file}\"", page));
        foreach (var file in files)
        {
            var (script, _) = await server.GetAsync("/assets/" + file);
            Assert.Equal("text/javascript; charset=utf-8", script.Content.Headers.ContentType!.ToString());
        }
    }

    private static string Location(HttpResponseMessage response) => response.Headers.Location!.ToString();

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, params (string Name, string Value)[] fields)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        return await client.PostAsync(
            "/chat/lobby",
            new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))),
            TestContext.Current.CancellationToken);
    }
}
