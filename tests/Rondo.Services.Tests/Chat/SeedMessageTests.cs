using Rondo.Services.Chat;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

public sealed class SeedMessageTests
{
    [Theory]
    [InlineData("a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("javascript:alert(1)", "javascript:alert(1)")]
    [InlineData("data:text/html,x ftp://x.org", "data:text/html,x ftp://x.org")]
    [InlineData(
        "see http://x.org/a?b=1&c=2.",
        "see <a href=\"http://x.org/a?b=1&amp;c=2\" rel=\"noopener nofollow ugc\">http://x.org/a?b=1&amp;c=2</a>.")]
    [InlineData(
        "http://a\"onmouseover=alert(1)",
        "<a href=\"http://a\" rel=\"noopener nofollow ugc\">http://a</a>&quot;onmouseover=alert(1)")]
    [InlineData(
        "(https://x.org)", "(<a href=\"https://x.org\" rel=\"noopener nofollow ugc\">https://x.org</a>)")]
    [InlineData("xhttp://x.org", "xhttp://x.org")]
    [InlineData("\u202Eabc", "<bdi>\u202Eabc</bdi>")]
    public void Html_HostileText_IsHarmless(string text, string html) => Assert.Equal(html, SeedMessage.Html(text));

    [Fact]
    public void Html_OfMuchText_TakesNoMoreTimeThanItsLength()
    {
        var html = SeedMessage.Html(string.Concat(Enumerable.Repeat("http://", 2000)));

        Assert.StartsWith("<a href=", html);
    }

    [Fact]
    public async Task LongPoll_OfTheTalks_WorksUnchanged()
    {
        await using var server = await TestServer.StartAsync();
        var (first, one) = await PostAsync(server, "/a/message/new", ("body", "one <b>"), ("_xsrf", "2|x"));
        Assert.Equal(System.Net.HttpStatusCode.OK, first.StatusCode);
        var message = System.Text.Json.Nodes.JsonNode.Parse(one)!;
        var id = message["id"]!.GetValue<string>();
        Assert.Equal($"<div class=\"message\" id=\"m{id}\">one &lt;b&gt;</div>\n", message["html"]!.GetValue<string>());
        Assert.Equal(3, message.AsObject().Count);

        var waiting = PostAsync(server, "/a/message/updates", ("cursor", id));
        await PostAsync(server, "/a/message/new", ("body", "two"));
        Assert.Equal(["two"], Bodies((await waiting).Body));

        var (known, all) = await PostAsync(server, "/a/message/updates");
        Assert.Equal(["one <b>", "two"], Bodies(all));
        Assert.False(known.Headers.Contains("X-Cursor-Reset"));
        var (unknown, again) = await PostAsync(server, "/a/message/updates", ("cursor", "3b8c3a1e-0000"));
        Assert.Equal(["one <b>", "two"], Bodies(again));
        Assert.Equal("1", Assert.Single(unknown.Headers.GetValues("X-Cursor-Reset")));
    }

    [Theory]
    [InlineData("/", 302)]
    [InlineData("/chat", 302)]
    [InlineData("//evil.example", 400)]
    [InlineData("/\\evil.example", 400)]
    [InlineData("https://evil.example", 400)]
    [InlineData("evil", 400)]
    [InlineData("", 400)]
    public async Task New_Next_LeadsOnlyToThisServer(string next, int status)
    {
        await using var server = await TestServer.StartAsync();
        var form = new FormUrlEncodedContent([new("body", "hi"), new("next", next)]);
        var body = await form.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var answer = await RawHttp.SendAsync(
            server.Address,
            "POST /a/message/new HTTP/1.1\r\nHost: rondo\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 302 ? next : null, answer.Headers.GetValueOrDefault("Location"));
    }

    [Fact]
    public async Task ChatSocket_OfTheTalks_WorksUnchanged()
    {
        await using var server = await TestServer.StartAsync();
        using var one = await ChatClient.ConnectAsync(server.Address, "/chatsocket");
        using var two = await ChatClient.ConnectAsync(server.Address, "/chatsocket");
        foreach (var client in new[] { one, two })
        {
            // What is not taken is answered once the connection is in the lobby.
            await client.SendAsync("nonsense");
            Assert.Equal("bad-frame", (await client.UntilAsync("error"))["code"]!.GetValue<string>());
        }

        await one.SendAsync("""{"body":"hello","_xsrf":"2|x"}""");
        var (own, others) = (await one.UntilAsync("seed"), await two.UntilAsync("seed"));

        Assert.Equal(own.ToJsonString(), others.ToJsonString());
        Assert.Equal(["id", "body", "html"], own.AsObject().Select(m => m.Key));
        Assert.Equal("hello", own["body"]!.GetValue<string>());
    }

    [Fact]
    public async Task New_FromAnotherSitesPage_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in new[] { "/a/message/new", "/a/message/updates", "/chat/rooms/lobby/messages" })
        {
            var (answer, _) = await server.SendAsync(
                "POST", path, new StringContent("body=hi"), "Origin: http://evil.example");
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    private static Task<(HttpResponseMessage Response, string Body)> PostAsync(
        TestServer server, string path, params (string Name, string Value)[] form) => server.SendAsync(
        "POST", path, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    private static IEnumerable<string> Bodies(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!["messages"]!
        .AsArray().Select(m => m!["body"]!.GetValue<string>());
}
