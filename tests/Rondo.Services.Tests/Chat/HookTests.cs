using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Rondo.Services.Hosting;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Chat;

public sealed class HookTests
{
    private const string Private = """{"Chat":{"PrivateWebhooks":true}}""";

    [Fact]
    public async Task Incoming_Token_PostsAsABotUntilItIsTakenAway()
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        var (made, body) = await server.SendAsync("PUT", "/chat/rooms/lobby/hooks/noise", null, key);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var url = JsonNode.Parse(body)!["url"]!.GetValue<string>();

        var (said, _) = await server.SendAsync("POST", url, new StringContent("too loud"));
        var (wrong, _) = await server.SendAsync("POST", "/chat/hooks/wrong", new StringContent("x"));
        var (_, history) = await server.GetAsync("/chat/rooms/lobby/messages");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NotFound), (said.StatusCode, wrong.StatusCode));
        Assert.Equal(
            """{"id":"b-lobby-noise","name":"noise","role":"bot"}""",
            JsonNode.Parse(history)!["messages"]![0]!["from"]!.ToJsonString());
        var (_, list) = await server.GetAsync("/chat/rooms/lobby/hooks", key);
        Assert.Equal("""{"hooks":[{"hook":"noise"}],"webhooks":[]}""", list);

        await server.SendAsync("DELETE", "/chat/rooms/lobby/hooks/noise", null, key);
        var (gone, _) = await server.SendAsync("POST", url, new StringContent("too loud"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Outgoing_Failing_GetsEverythingOnceItAnswersSigned()
    {
        var time = new ManualTime(TestServer.Friday);
        await using var receiver = await FakeUpstream.StartAsync();
        var bodies = Channel.CreateUnbounded<(string Signature, byte[] Body)>();
        var isDown = true;
        receiver.Answer(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            context.Response.StatusCode = isDown ? 500 : 204;
            await bodies.Writer.WriteAsync((context.Request.Headers["X-Rondo-Signature"]!, body.ToArray()));
        });
        await using var server = await TestServer.StartAsync(time: time, settings: Private);
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("before"));
        var (_, made) = await server.SendAsync(
            "PUT", "/chat/rooms/lobby/webhooks/mine", new StringContent($$"""{"url":"{{receiver.Address}}in"}"""), key);
        var secret = JsonNode.Parse(made)!["secret"]!.GetValue<string>();

        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("one"));
        var first = await NextAsync();
        isDown = false;
        await UntilDueAsync(time, TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        var again = await NextAsync();

        Assert.Equal(["one"], Texts(first.Body));
        Assert.Equal(["one"], Texts(again.Body));
        var signed = again.Signature.Split(",v1=");
        Assert.Equal(HookSignature.Of(secret, signed[0]["t=".Length..], again.Body), signed[1]);
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("two"));
        Assert.Equal(["two"], Texts((await NextAsync()).Body));

        async Task<(string Signature, byte[] Body)> NextAsync() => await bodies.Reader
            .ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("""{"url":"http://127.0.0.1:1/"}""", 422)]
    [InlineData("""{"url":"http://[::1]/"}""", 422)]
    [InlineData("""{"url":"http://169.254.169.254/latest"}""", 422)]
    [InlineData("""{"url":"http://2130706433/"}""", 422)]
    [InlineData("""{"url":"ftp://x.org/"}""", 400)]
    [InlineData("""{"url":"https://u:p@x.org/"}""", 400)]
    [InlineData("""{"url":"x"}""", 400)]
    [InlineData("""{}""", 400)]
    public async Task Outgoing_AddressThatIsNotForUs_IsRefused(string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        var (answer, _) = await server.SendAsync(
            "PUT", "/chat/rooms/lobby/webhooks/mine", new StringContent(body), key);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Outgoing_NameOfAPrivateAddress_IsNotCalled()
    {
        var logs = new LogCapture();
        await using var server = await TestServer.StartAsync(logs: logs);
        var key = "Authorization: Bearer " + server.CreateAdminKey();
        await server.SendAsync(
            "PUT", "/chat/rooms/lobby/webhooks/mine", new StringContent("""{"url":"http://localhost:1/"}"""), key);
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("one"));

        Assert.Contains("private network", await logs.WaitForAsync("Webhook mine"));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::1", false)]
    public void IsPublic_Addresses_AreToldApart(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    private static async Task UntilDueAsync(ManualTime time, TimeSpan pause)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!time.Due.Contains(TestServer.Friday + pause))
        {
            await Task.Yield();
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static IEnumerable<string> Texts(byte[] body) => JsonNode.Parse(body)!["events"]!.AsArray()
        .Select(e => e!["text"]!.GetValue<string>());
}
