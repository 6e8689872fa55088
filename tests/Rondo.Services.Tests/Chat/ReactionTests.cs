using System.Net;
using System.Text.Json.Nodes;
using Rondo.Services.Chat;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

public sealed class ReactionTests
{
    private const string Ann = "Cookie: rondo_guest=0000000000000000000000000000000a";
    private const string Bob = "Cookie: rondo_guest=0000000000000000000000000000000b";
    private const string NoLimits = """{"Chat":{"MessagesPerSecond":100000,"Burst":100000}}""";

    [Theory]
    [InlineData("👍")]
    [InlineData("❤️")]
    [InlineData("👍🏽")]
    [InlineData("🇩🇪")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("1️⃣")]
    public void Check_OneEmoji_IsTaken(string text) => Assert.Null(Reaction.Check(text));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("+1")]
    [InlineData("👍👍")]
    [InlineData("👍a")]
    [InlineData("<b>")]
    [InlineData("\u2800")]
    [InlineData("\u200B")]
    [InlineData("\uD83D")]
    [InlineData("👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍")]
    public void Check_AnythingElse_IsRefused(string text) => Assert.NotNull(Reaction.Check(text));

    [Fact]
    public void Fold_InAnyOrderAndTwice_TheNewestEventCounts()
    {
        var reactions = new RoomReactions();
        reactions.Fold(1, "👍", "bob", At(3), isThere: false);
        reactions.Fold(1, "👍", "bob", At(2), isThere: true);
        reactions.Fold(1, "👍", "ann", At(4), isThere: true);
        reactions.Fold(1, "👍", "ann", At(4), isThere: true);
        reactions.Fold(1, "🎉", "ann", At(5), isThere: true);
        reactions.Fold(9, "🎉", "ann", At(10), isThere: true);

        Assert.Equal([new ReactionCount("👍", 1, true), new ReactionCount("🎉", 1, true)], reactions.Of(1, "ann"));
        reactions.ForgetPerson("ann", 4);
        Assert.Equal([new ReactionCount("🎉", 1, false)], reactions.Of(1, "bob"));
        reactions.ForgetBefore(2);
        Assert.Empty(reactions.Of(1, "bob"));
        Assert.Single(reactions.Of(9, "bob"));

        static StoredEvent At(long seq) => new(seq, DateTimeOffset.UnixEpoch, IsRepeated: false);
    }

    [Fact]
    public async Task React_LiveResumedAndAfterARestart_IsOneEventOfTheRoom()
    {
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            using var bob = await ChatClient.HelloAsync(server.Address, cookie: "0000000000000000000000000000000b");
            await bob.UntilAsync("live");
            await bob.SayAsync("hello");
            await bob.UntilAsync("ack");
            await bob.SendAsync("""{"type":"react","seq":1,"reaction":"🎉","client_id":"r"}""");
            var live = await bob.UntilAsync("react");
            Assert.Equal(2, Seq(live));
            Assert.Equal((1, "🎉"), (live["target"]!.GetValue<int>(), live["reaction"]!.GetValue<string>()));
            await PutAsync(server, Ann, 1, "🎉");
            await PutAsync(server, Ann, 1, "👍");
            await bob.SendAsync("""{"type":"unreact","seq":1,"reaction":"🎉"}""");
            Assert.Equal(5, Seq(await bob.UntilAsync("unreact")));

            using var late = await ChatClient.HelloAsync(server.Address, after: "1");
            Assert.Equal(
                ["react", "react", "react", "unreact"],
                (await late.AllUntilAsync("live")).Where(f => f["target"] is not null).Select(ChatClient.TypeOf));
            Assert.Equal("🎉1+ 👍1+", await ShownAsync(server, Ann));
        }

        await using var again = await TestServer.StartAsync(folder: folder);
        Assert.Equal("🎉1 👍1", await ShownAsync(again, Bob));
        var (_, page) = await again.GetAsync("/chat", Ann);
        Assert.Contains("data-mine", page);
        var (_, export) = await again.GetAsync(
            "/chat/rooms/lobby/export", "Authorization: Bearer " + again.CreateAdminKey());
        Assert.Equal(3, export.Split("\"react\"").Length - 1);
    }

    [Fact]
    public async Task React_Again_IsAcknowledgedAsBefore()
    {
        await using var server = await TestServer.StartAsync();
        await SayAsync(server);

        var first = await PutAsync(server, Ann, 1, "👍");
        var second = await PutAsync(server, Ann, 1, "👍");
        var byBob = await TakeBackAsync(server, Bob, "👍");
        var taken = await TakeBackAsync(server, Ann, "👍");
        var takenAgain = await TakeBackAsync(server, Ann, "👍");
        var (_, events) = await server.GetAsync("/chat/rooms/lobby/events?after=0&limit=10");

        Assert.Equal((2, 2), (first, second));
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NoContent, HttpStatusCode.NoContent), (byBob, taken, takenAgain));
        Assert.Equal(3, JsonNode.Parse(events)!["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task React_OneKindTooMany_IsRefused()
    {
        await using var server = await TestServer.StartAsync(settings: NoLimits);
        await SayAsync(server);
        for (var kind = 0; kind < 20; kind++)
        {
            await PutAsync(server, Ann, 1, char.ConvertFromUtf32(0x1F600 + kind));
        }

        var (refused, _) = await ReactAsync(server, Ann, 1, "👍");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await PutAsync(server, Bob, 1, char.ConvertFromUtf32(0x1F600));
    }

    [Fact]
    public async Task React_ToADeletedMessageOrByTheMuted_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await SayAsync(server);
        await SayAsync(server);
        await PutAsync(server, Ann, 1, "👍");
        await server.SendAsync("DELETE", "/chat/rooms/lobby/messages/1", null, Bob);
        var (deleted, _) = await ReactAsync(server, Ann, 1, "👍");
        await server.SendAsync("PUT", "/chat/rooms/lobby", new StringContent("""{"read_only":true}"""), key);
        var (silent, _) = await ReactAsync(server, Ann, 2, "👍");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Forbidden), (deleted.StatusCode, silent.StatusCode));
    }

    [Fact]
    public async Task Erase_OfAPerson_TakesTheirReactionsToo()
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await SayAsync(server);
        await PutAsync(server, Ann, 1, "👍");
        await PutAsync(server, Bob, 1, "👍");
        var (_, events) = await server.GetAsync("/chat/rooms/lobby/events?after=1&limit=1");
        var id = JsonNode.Parse(events)!["events"]![0]!["from"]!["id"]!.GetValue<string>();

        await server.SendAsync("DELETE", $"/chat/rooms/lobby/people/{id}/messages", null, key);
        var (_, left) = await server.GetAsync("/chat/rooms/lobby/events?after=0&limit=9");

        Assert.Equal("👍1", await ShownAsync(server, Ann));
        Assert.Equal(
            ["message", "erased", "react", "purge"],
            JsonNode.Parse(left)!["events"]!.AsArray().Select(e => ChatClient.TypeOf(e!)));
    }

    [Fact]
    public async Task Open_ErasureOfAReactionWasCutOff_IsFinished()
    {
        using var folder = new TestFolder();
        await using (var server = await TestServer.StartAsync(folder: folder))
        {
            await server.Services.GetRequiredService<IEventStore>().AppendAsync(
                "chat/lobby",
                [
                    new NewEvent("message", """{"from":{"id":"g-1"},"text":"a"}"""u8.ToArray()),
                    new NewEvent("react", """{"from":{"id":"g-2"},"target":1,"reaction":"👍"}"""u8.ToArray()),
                    new NewEvent("purge", """{"from":{"id":"g-1"},"who":"g-2","targets":[]}"""u8.ToArray()),
                    new NewEvent("react", """{"from":{"id":"g-2"},"target":1,"reaction":"👍"}"""u8.ToArray()),
                ],
                cancellation: TestContext.Current.CancellationToken);
        }

        await using var again = await TestServer.StartAsync(folder: folder);
        await again.GetAsync("/chat/rooms/lobby/messages");
        var (_, events) = await again.GetAsync("/chat/rooms/lobby/events?after=0&limit=9");

        Assert.Equal(
            ["message", "erased", "purge", "react"],
            JsonNode.Parse(events)!["events"]!.AsArray().Select(e => ChatClient.TypeOf(e!)));
    }

    private static Task SayAsync(TestServer server) =>
        server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("hello"), Bob);

    private static Task<(HttpResponseMessage Response, string Body)> ReactAsync(
        TestServer server, string who, int seq, string reaction) =>
        server.SendAsync("POST", $"/chat/rooms/lobby/messages/{seq}/reactions", new StringContent(reaction), who);

    private static async Task<int> PutAsync(TestServer server, string who, int seq, string reaction)
    {
        var (response, body) = await ReactAsync(server, who, seq, reaction);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Seq(JsonNode.Parse(body)!);
    }

    private static async Task<HttpStatusCode> TakeBackAsync(TestServer server, string who, string reaction) =>
        (await server.SendAsync(
            "DELETE", "/chat/rooms/lobby/messages/1/reactions/" + Uri.EscapeDataString(reaction), null, who))
        .Response.StatusCode;

    // Of the oldest message; a plus behind one's own.
    private static async Task<string> ShownAsync(TestServer server, string reader)
    {
        var (_, history) = await server.GetAsync("/chat/rooms/lobby/messages", reader);
        return string.Join(' ', JsonNode.Parse(history)!["messages"]![0]!["reactions"]!.AsArray().Select(r =>
            $"{r!["reaction"]}{r["count"]}{(r["mine"]!.GetValue<bool>() ? "+" : "")}"));
    }

    private static int Seq(JsonNode frame) => frame["seq"]!.GetValue<int>();
}
