using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>
/// What every <see cref="IForwarder"/> does, with real sockets on both sides; each forwarder and transport runs it.
/// </summary>
public abstract partial class ForwarderContract
{
    private const string Hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>Whether the platform's client reads the answers: it is more lenient in places.</summary>
    protected virtual bool IsPlatforms => false;

    /// <summary>Whether upstream connections are of another loop than the clients'.</summary>
    protected virtual bool IsAside => false;

    internal abstract Task<ForwarderRig> StartAsync(Uri upstream);

    [Fact]
    public async Task Get_ForwardsTheListAndNothingElse()
    {
        string? head = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.WriteAsync(Hi);
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync("/a%2Fb/%7e/..;x=1?q=a%20b&%41", "X-A: 1\r\nX-A: 2\r\nCookie: a=b\r\nTE: trailers\r\n");

        Assert.EndsWith("hi", (await client.AnswerAsync()).Body, StringComparison.Ordinal);
        var lines = head!.Split("\r\n");
        Assert.Equal("GET /a%2Fb/%7e/..;x=1?q=a%20b&%41 HTTP/1.1", lines[0]);
        var expected = IsPlatforms
            ? new[] { "Cookie: a=b", "Host: upstream", "X-A: 1, 2" }
            : ["Cookie: a=b", "Host: upstream", "X-A: 1", "X-A: 2"];
        Assert.Equal(expected, lines[1..^2].Order(StringComparer.Ordinal));
        var result = await rig.ResultAsync();
        Assert.Equal(new ForwardResult(ForwardOutcome.Completed, 200, false), result);
    }

    [Fact]
    public async Task Answer_FieldsOfOneConnectionAndNamedOnes_AreDropped()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 200 OK\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\n"
            + "Proxy-Authenticate: Basic\r\nTrailer: X-T\r\nUpgrade: h2c\r\nProxy-Connection: close\r\n"
            + "Set-Cookie: a=1\r\nX-Gateway: forged\r\nSet-Cookie: b=2; path=/\r\nServer: nginx\r\n"
            + "X-Own: 1\r\nx-own: 2\r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\nhi");
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        var (head, body) = await client.AnswerAsync();
        Assert.Equal("hi", body);
        var fields = head.Split("\r\n")[1..^2].Where(l => !l.StartsWith("Date: ", StringComparison.Ordinal));
        Assert.Equal(
            [
                "Content-Length: 2", "Content-Type: text/x", "Server: nginx", "Set-Cookie: a=1",
                "Set-Cookie: b=2; path=/", "X-Gateway: rondo", "X-Own: 1", "X-Own: 2",
            ],
            fields.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "Content-Length: 5")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    public async Task Head_IsAnsweredWithoutABody(string answer, string? line)
    {
        await using var upstream = ScriptedUpstream.Answering(answer);
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        for (var round = 0; round < 2; round++)
        {
            await client.GetAsync(method: "HEAD");
            var head = await client.UntilAsync("\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
            Assert.Equal(line is not null, head.Contains("Content-Length: 5", StringComparison.Ordinal));
            Assert.Equal(ForwardOutcome.Completed, (await rig.ResultAsync()).Outcome);
        }

        Assert.Equal(1, upstream.Accepted);
    }

    [Fact]
    public async Task Answer_With204AndALength_LosesTheLength()
    {
        await using var upstream = ScriptedUpstream.Answering("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        Assert.DoesNotContain("Content-Length", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discarded_Status_IsNotSeenByTheClient()
    {
        await using var upstream = ScriptedUpstream.Answering(
            "HTTP/1.1 503 Busy\r\nX-Leak: 1\r\nContent-Length: 4\r\n\r\nbusy");
        await using var rig = await StartAsync(upstream.Address);
        rig.Discards = status => status == 503;
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        var head = await client.UntilAsync("\r\n\r\n");
        Assert.DoesNotContain("X-Leak", head, StringComparison.Ordinal);
        Assert.Contains("X-Gateway: rondo", head, StringComparison.Ordinal);
        Assert.Equal(
            new ForwardResult(ForwardOutcome.Discarded, 503, false), await rig.ResultAsync() with { Error = null });
    }

    [Fact]
    public async Task Connect_WhereNobodyListens_Fails()
    {
        var nobody = ScriptedUpstream.Answering(Hi);
        await nobody.DisposeAsync();
        await using var rig = await StartAsync(nobody.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        Assert.StartsWith("HTTP/1.1 502", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(ForwardOutcome.ConnectFailed, (await rig.ResultAsync()).Outcome);
    }

    [Fact]
    public async Task Request_ThatWouldBreakTheMessage_IsRefusedUnsent()
    {
        await using var upstream = ScriptedUpstream.Answering(Hi);
        await using var rig = await StartAsync(upstream.Address);
        var request = new ForwardRequest
        {
            Upstream = upstream.Address,
            Method = "GET",
            Target = "/",
            Host = "upstream",
            Limits = rig.Limits,
            Headers = { new("X-A", "a\r\nX-Evil: 1") },
        };

        await Assert.ThrowsAsync<ArgumentException>(async () => await rig.Forwarder.ForwardAsync(
            new DefaultHttpContext(), request, TestContext.Current.CancellationToken));

        Assert.Equal(0, upstream.Accepted);
    }
}
