using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

public sealed class ModerationTests
{
    private const string Ann = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Bob = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    [Fact]
    public async Task Mute_UntilItIsOver_KeepsSilentAndIsAudited()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var (id, key) = (await IdOfAsync(server, Ann), "Authorization: Bearer " + server.CreateAdminKey());
        await OrderAsync(server, key, $$"""{"action":"mute","who":"{{id}}","for":"10m"}""");

        Assert.Equal("muted", await SayAsync(server, Ann));
        Assert.Equal("said", await SayAsync(server, Bob));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("said", await SayAsync(server, Ann));

        var audit = await server.Services.GetRequiredService<IEventStore>()
            .ReadAsync("audit", null, 10, TestContext.Current.CancellationToken);
        var audited = Assert.Single(audit.Events, e => e.Type == "chat.mute");
        Assert.Equal(id, JsonNode.Parse(audited.Data.Span)!["who"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ban_ClosesAndKeepsOut_AlsoAfterARestart()
    {
        using var folder = new TestFolder();
        string key;
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            key = "Authorization: Bearer " + server.CreateAdminKey();
            using var ann = await ChatClient.HelloAsync(server.Address, cookie: Ann);
            var id = (await ann.UntilAsync("welcome"))["you"]!["id"]!.GetValue<string>();
            await ann.UntilAsync("live");
            await OrderAsync(server, key, $$"""{"action":"ban","who":"{{id}}"}""");

            Assert.Equal("banned", (await ann.UntilAsync("error"))["code"]!.GetValue<string>());
            Assert.Equal(4403, await ann.CloseCodeAsync());
        }

        await using var again = await TestServer.StartAsync(folder: folder);
        using var back = await ChatClient.HelloAsync(again.Address, cookie: Ann);
        Assert.Equal("banned", (await back.UntilAsync("error"))["code"]!.GetValue<string>());
        Assert.Equal("banned", await SayAsync(again, Ann));
        Assert.Equal("said", await SayAsync(again, Bob));
    }

    [Fact]
    public async Task Role_OfAModerator_AllowsWhatModeratorsDoAndNoMore()
    {
        await using var server = await TestServer.StartAsync();
        var (ann, bob, key) = (
            await IdOfAsync(server, Ann), await IdOfAsync(server, Bob), "Authorization: Bearer " + server.CreateAdminKey());
        await SayAsync(server, Bob);
        var asAnn = "Cookie: rondo_guest=" + Ann;
        var (before, _) = await server.SendAsync("DELETE", "/chat/rooms/lobby/messages/1", null, asAnn);
        await OrderAsync(server, key, $$"""{"action":"role","who":"{{ann}}","role":"mod"}""");
        var (after, _) = await server.SendAsync("DELETE", "/chat/rooms/lobby/messages/1", null, asAnn);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NoContent), (before.StatusCode, after.StatusCode));

        await OrderAsync(server, asAnn, $$"""{"action":"mute","who":"{{bob}}"}""");
        Assert.Equal("muted", await SayAsync(server, Bob));
        foreach (var refused in new[] { $$"""{"action":"role","who":"{{bob}}","role":"mod"}""", $$"""{"action":"mute","who":"{{ann}}"}""" })
        {
            var (answer, _) = await server.SendAsync(
                "POST", "/chat/rooms/lobby/moderation", new StringContent(refused), asAnn);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Settings_ReadOnlyAndSlow_HoldForGuests()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var server = await TestServer.StartAsync(time: time);
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await server.SendAsync("PUT", "/chat/rooms/lobby", new StringContent("""{"slow":"10s"}"""), key);
        Assert.Equal("said", await SayAsync(server, Ann));
        Assert.Equal("too-fast", await SayAsync(server, Ann));
        Assert.Equal("said", await SayAsync(server, Bob));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("said", await SayAsync(server, Ann));

        await server.SendAsync("PUT", "/chat/rooms/lobby", new StringContent("""{"slow":"0s","read_only":true}"""), key);
        Assert.Equal("read-only", await SayAsync(server, Ann));
        var (owner, _) = await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("hi"), key);
        Assert.Equal(HttpStatusCode.Created, owner.StatusCode);
    }

    [Fact]
    public async Task Erase_OfAPerson_TakesBackAllOfTheirs()
    {
        await using var server = await TestServer.StartAsync();
        var (id, key) = (await IdOfAsync(server, Ann), "Authorization: Bearer " + server.CreateAdminKey());
        await SayAsync(server, Ann);
        await SayAsync(server, Bob);
        await SayAsync(server, Ann);
        var (_, erased) = await server.SendAsync("DELETE", $"/chat/rooms/lobby/people/{id}/messages", null, key);
        var (_, export) = await server.GetAsync("/chat/rooms/lobby/export", key);

        Assert.Equal("""{"erased":2}""", erased);
        Assert.Equal(
            ["erased", "message", "erased", "purge"],
            export.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Delete_OfARoom_EndsStaysAndEmptiesIt()
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await server.SendAsync("PUT", "/chat/rooms/kitchen", new StringContent("{}"), key);
        using var ann = await ChatClient.HelloAsync(server.Address, "kitchen");
        await ann.UntilAsync("live");
        await ann.SayAsync("old", room: "kitchen");
        await ann.UntilAsync("ack");
        await server.SendAsync("DELETE", "/chat/rooms/kitchen", null, key);

        Assert.Equal("no-room", (await ann.UntilAsync("error"))["code"]!.GetValue<string>());
        await server.SendAsync("PUT", "/chat/rooms/kitchen", new StringContent("{}"), key);
        var (_, history) = await server.GetAsync("/chat/rooms/kitchen/messages");
        Assert.Empty(JsonNode.Parse(history)!["messages"]!.AsArray());
        using var late = await ChatClient.HelloAsync(server.Address, "kitchen", after: "0");
        Assert.Equal("reset", ChatClient.TypeOf((await late.AllUntilAsync("live"))[1]));
    }

    [Fact]
    public async Task Filter_WordInAnySpelling_IsRefused()
    {
        await using var server = await TestServer.StartAsync(settings: """{"Chat":{"FilteredWords":["spam"]}}""");
        Assert.Equal("unusable-text", await SayAsync(server, Ann, "buy SPАM!"));
        Assert.Equal("said", await SayAsync(server, Ann, "spamalot"));
    }

    [Fact]
    public async Task Report_OfAMessage_IsInTheAuditWithoutItsText()
    {
        await using var server = await TestServer.StartAsync();
        await SayAsync(server, Ann, "rude");
        var (answer, _) = await server.SendAsync(
            "POST", "/chat/rooms/lobby/reports", new StringContent("""{"seq":1}"""), "Cookie: rondo_guest=" + Bob);
        var audit = await server.Services.GetRequiredService<IEventStore>()
            .ReadAsync("audit", null, 10, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("chat.report", Assert.Single(audit.Events).Type);
        Assert.DoesNotContain("rude", System.Text.Encoding.UTF8.GetString(audit.Events[0].Data.Span));
    }

    [Theory]
    [InlineData("hello", null, "hello")]
    [InlineData("hello", "application/x-www-form-urlencoded", "hello")]
    [InlineData("a=b&c", "application/x-www-form-urlencoded", "a=b&c")]
    [InlineData("body=hello+you%21", "application/x-www-form-urlencoded", "hello you!")]
    [InlineData("text=hello", "application/x-www-form-urlencoded; charset=utf-8", "hello")]
    [InlineData("hello", "text/plain", "hello")]
    [InlineData("""{"text":"hello"}""", "application/json", "hello")]
    [InlineData("""{"body":"hello"}""", "application/json; charset=utf-8", "hello")]
    [InlineData("<a/>", "application/xml", "415")]
    public async Task Post_AllForms_SayTheSame(string body, string? type, string expected)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await RawHttp.SendAsync(
            server.Address,
            $"POST /chat/rooms/lobby/messages HTTP/1.1\r\nHost: rondo\r\nConnection: close\r\n"
                + (type is null ? "" : $"Content-Type: {type}\r\n") + $"Content-Length: {body.Length}\r\n\r\n{body}");
        var (_, history) = await server.GetAsync("/chat/rooms/lobby/messages");

        Assert.Equal(
            expected,
            answer.Status == 201
                ? JsonNode.Parse(history)!["messages"]![0]!["text"]!.GetValue<string>()
                : $"{answer.Status}");
    }

    [Fact]
    public async Task History_AfterBeforeAround_AreTheMessagesAsked()
    {
        await using var server = await TestServer.StartAsync(time: null, settings: """{"Chat":{"Burst":1000}}""");
        for (var i = 1; i <= 9; i++)
        {
            await SayAsync(server, Ann, $"{i}");
        }

        Assert.Equal("7 8 9", await TextsAsync(server, "?limit=3"));
        Assert.Equal("1 2 3", await TextsAsync(server, "?after=0&limit=3"));
        Assert.Equal("5 6", await TextsAsync(server, "?after=4&limit=2"));
        Assert.Equal("3 4", await TextsAsync(server, "?before=5&limit=2"));
        Assert.Equal("4 5 6", await TextsAsync(server, "?around=5&limit=3"));
        Assert.Equal("5", await TextsAsync(server, "?around=5&limit=1"));
        Assert.Equal("9", await TextsAsync(server, "?around=9&limit=1"));
        Assert.Equal("", await TextsAsync(server, "?after=9"));
    }

    [Fact]
    public async Task History_PageByPage_MissesNothing()
    {
        await using var server = await TestServer.StartAsync(time: null, settings: """{"Chat":{"Burst":1000}}""");
        for (var i = 1; i <= 7; i++)
        {
            await SayAsync(server, Ann, $"{i}");
        }

        var (texts, after) = (new List<string>(), "0");
        while (texts.Count < 7)
        {
            var (_, body) = await server.GetAsync($"/chat/rooms/lobby/messages?limit=3&after={after}");
            var page = JsonNode.Parse(body)!;
            texts.AddRange(page["messages"]!.AsArray().Select(m => m!["text"]!.GetValue<string>()));
            after = page["next"]!.GetValue<string>();
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], texts);
    }

    [Theory]
    [InlineData("rooms")]
    [InlineData("status")]
    [InlineData("ws")]
    public async Task Room_NamedAsARoute_IsRefused(string name)
    {
        await using var server = await TestServer.StartAsync();

        var (answer, body) = await server.SendAsync(
            "PUT", "/chat/rooms/" + name, new StringContent("{}"), "X-API-Key: " + server.CreateAdminKey());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("unusable-name", body, StringComparison.Ordinal);
    }

    private static async Task<string> TextsAsync(TestServer server, string query)
    {
        var (_, page) = await server.GetAsync("/chat/rooms/lobby/messages" + query);
        return string.Join(' ', JsonNode.Parse(page)!["messages"]!.AsArray().Select(m => m!["text"]!.GetValue<string>()));
    }

    private static async Task<string> SayAsync(TestServer server, string cookie, string text = "hi")
    {
        var (answer, body) = await server.SendAsync(
            "POST", "/chat/rooms/lobby/messages", new StringContent(text), "Cookie: rondo_guest=" + cookie);
        return answer.StatusCode is HttpStatusCode.Created
            ? "said"
            : JsonNode.Parse(body)!["type"]!.GetValue<string>().Replace("/problems/", "");
    }

    private static async Task OrderAsync(TestServer server, string header, string order)
    {
        var (answer, body) = await server.SendAsync(
            "POST", "/chat/rooms/lobby/moderation", new StringContent(order), header);
        Assert.True(answer.IsSuccessStatusCode, body);
    }

    private static async Task<string> IdOfAsync(TestServer server, string cookie)
    {
        using var client = await ChatClient.HelloAsync(server.Address, cookie: cookie);
        return (await client.UntilAsync("welcome"))["you"]!["id"]!.GetValue<string>();
    }
}
