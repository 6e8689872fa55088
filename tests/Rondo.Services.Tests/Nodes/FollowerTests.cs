using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>What comes to the leader of a request by way of a follower, and what the follower says by itself.</summary>
public sealed class FollowerTests
{
    private const string Lobby = "/chat/rooms/lobby/messages";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ByAFollower_IsSeenAsItsClients()
    {
        var seen = new List<string>();
        await using var server = await StartAsync(seen);

        var (answer, _) = await server.GetAsync(
            "/convert/GBP/100?a=1", "Host: rondo.example", "X-Forwarded-For: 203.0.113.9", "X-Request-Id: mine",
            "X-Rondo-Source: forged", "Cookie: a=b; c=d");

        Assert.Equal(
            "GET http rondo.example /convert/GBP/100 ?a=1 127.0.0.1 for=203.0.113.9 id=mine a=b; c=d proof=", seen[0]);
        Assert.Equal("mine", answer.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task Proof_FromOutside_IsRefusedByBoth()
    {
        await using var server = await StartAsync([]);
        var forged = $"{NodeProof.Field}: 1;1795337338805;n1;https;1;127.0.0.1;00";
        using var direct = new HttpRequestMessage(
            HttpMethod.Get, new Uri(server.Front!.Leader.Parts.State.Address, "/healthz"));
        direct.Headers.TryAddWithoutValidation(NodeProof.Field, forged.Split(": ")[1]);

        var (byFollower, body) = await server.GetAsync("/convert/GBP/100", forged);
        using var byLeader = await server.Client.SendAsync(direct, Cancellation);

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (byFollower.StatusCode, byLeader.StatusCode));
        Assert.Contains("/problems/node-proof", body);
    }

    [Fact]
    public async Task Proof_WhoSentItTakesThisNodeForTheLeader_IsToldSoAndNotSentOn()
    {
        await using var server = await StartAsync([]);
        var proof = server.Front!.Follower.Proof.Write(
            "n3", new FollowedPeer(IPAddress.Loopback, 1, "http"), "GET", "/convert/GBP/100", server.Address.Authority);

        var (answer, body) = await server.GetAsync("/convert/GBP/100", $"{NodeProof.Field}: {proof}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("1", answer.Headers.RetryAfter!.ToString());
        Assert.Contains("/problems/not-leader", body);
    }

    [Fact]
    public async Task Request_NobodyLeads_WaitsAndIsToldThen()
    {
        using var folder = new TestFolder();
        await using var front = new FollowerFront(Options(folder), hold: TimeSpan.FromSeconds(1));
        await front.StartAsync(null);
        using var client = ClientOf(front);
        var began = Stopwatch.GetTimestamp();

        using var answer = await client.GetAsync(new Uri("/convert/GBP/100", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("1", answer.Headers.RetryAfter!.ToString());
        Assert.Contains("/problems/no-leader", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(0.9));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/readyz"));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var other = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            return other.StatusCode;
        }
    }

    [Fact]
    public async Task Request_ALeaderComesMeanwhile_IsAnsweredByIt()
    {
        using var folder = new TestFolder();
        await using var front = new FollowerFront(Options(folder));
        await front.StartAsync(null);
        using var client = ClientOf(front);
        using var message = new StringContent("""{"text":"held","client_id":"1"}""", null, "application/json");
        var waiting = client.PostAsync(new Uri(Lobby, UriKind.Relative), message, Cancellation);

        // A leader that is named and does not listen yet is asked again.
        front.Follower.State.Follow("gone/1", new Uri("http://127.0.0.1:1"));
        await using var leader = RondoServer.Build(Options(folder), node: front.Leader);
        await RondoServer.StartAsync(leader);
        front.Lead(leader);

        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await leader.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Post_TheLeaderTakesNothingAnyMore_IsSentToTheNext()
    {
        await using var server = await StartAsync([]);
        await using var next = await FakeUpstream.StartAsync();
        var body = "";
        next.Answer(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync(Cancellation);
            context.Response.StatusCode = StatusCodes.Status201Created;
        });
        server.Front!.Leader.Parts.State.Leave();
        using var message = new StringContent("""{"text":"once"}""", null, "application/json");

        var posting = server.SendAsync("POST", Lobby, message);
        await UntilAsync(() => server.Front.Follower.State.Leader!.Rests(TimeProvider.System));
        server.Front.Follower.State.Follow("next/1", next.Address);

        Assert.Equal(HttpStatusCode.Created, (await posting).Response.StatusCode);
        Assert.Equal("""{"text":"once"}""", body);
        using var direct = await server.Client.GetAsync(
            new Uri(server.Front.Leader.Parts.State.Address, Lobby), Cancellation);
        Assert.True(direct.Headers.ConnectionClose);
        Assert.DoesNotContain("once", await direct.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Answer_WithAProofThatIsNotTheRequests_IsTheClients()
    {
        using var folder = new TestFolder();
        await using var front = new FollowerFront(Options(folder));
        await using var leader = await FakeUpstream.StartAsync();
        leader.Answer(context =>
        {
            context.Response.Headers[NodeProof.Field] = "1;1795337338805;follower;http;1;127.0.0.1;00";
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await front.StartAsync(null);
        front.Follower.State.Follow("leader/1", leader.Address);
        using var client = ClientOf(front);

        using var answer = await client.PostAsync(new Uri(Lobby, UriKind.Relative), null, Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.False(front.Follower.State.Leader!.Rests(TimeProvider.System));
    }

    [Fact]
    public async Task Request_TheLeaderTakesItAndIsSilent_IsGivenUp()
    {
        using var folder = new TestFolder();
        await using var front = new FollowerFront(
            Options(folder), hold: TimeSpan.FromMilliseconds(1), lease: TimeSpan.FromSeconds(0.2));
        await using var leader = await FakeUpstream.StartAsync();
        leader.Answer(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await front.StartAsync(null);
        front.Follower.State.Follow("leader/1", leader.Address);
        using var client = ClientOf(front);

        using var posted = await client.PostAsync(new Uri(Lobby, UriKind.Relative), null, Cancellation);
        using var read = await client.GetAsync(new Uri(Lobby, UriKind.Relative), Cancellation);

        Assert.Equal(
            (HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable), (posted.StatusCode, read.StatusCode));
        Assert.Contains("/problems/leader-lost", await posted.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(leader.Address, front.Follower.State.Leader!.Address);
    }

    [Fact]
    public async Task LongPoll_TheLeaderIsGone_IsAskedAgainOfTheNext()
    {
        await using var server = await StartAsync([]);
        var state = server.Front!.Follower.State;
        var (holder, address) = (state.Leader!.Holder, state.Leader.Address);
        var polling = server.GetAsync("/chat/rooms/lobby/events?after=0&wait=30s");
        var forwarder = server.Front.App.Services.GetRequiredService<LoopForwarder>();
        await UntilAsync(() => forwarder.Connections > 0);

        state.Follow(null, null);
        state.Follow(holder + "2", address);
        using var message = new StringContent("""{"text":"after"}""", null, "application/json");
        await server.SendAsync("POST", Lobby, message);

        Assert.Contains("after", (await polling).Body);
    }

    [Fact]
    public async Task Nodes_AskedOfAFollower_SayWhoLeads()
    {
        await using var server = await StartAsync([]);

        var (_, body) = await server.GetAsync("/nodes");
        var (ready, _) = await server.GetAsync("/readyz");
        var (_, metrics) = await server.GetAsync("/metrics");
        var (_, proxied) = await server.GetAsync("/nodes", "X-Forwarded-For: 203.0.113.9");

        var told = JsonNode.Parse(body)!;
        Assert.Equal(
            ("follower", "follower", "leader"),
            (told.Text("node"), told.Text("role"), told["leader"]!.Text("node")));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("rondo_nodes_forwarded_total", metrics);

        // The leader's answer: it is for who may ask it.
        Assert.Contains("\"role\":\"leader\"", proxied);
    }

    [Fact]
    public async Task Tls_BetweenNodes_CountsTheLeadersCertificateAlone()
    {
        var options = new ServerOptions { Offline = true, Urls = TlsTestServer.Urls };
        await using var server = await TestServer.StartAsync(options: options, isFollowed: true);
        using var client = TlsTestServer.Trusting(server);
        var seen = await AskAsync("/convert/GBP/100");

        // From here on it expects another one, and connections that stand count no more for a new leader.
        var follower = server.Front!.Follower;
        follower.Notes.Leader = follower.Notes.Leader! with { Certificate = new string('0', 64) };
        var (holder, port) = (follower.State.Leader!.Holder, follower.State.Leader.Address.Port);
        follower.State.Follow(holder + "2", new Uri($"https://localhost:{port}"));
        var ready = await AskAsync("/readyz");

        Assert.Equal(HttpStatusCode.OK, seen);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready);

        async Task<HttpStatusCode> AskAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
            using var answer = await client.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Fields_BeyondAscii_GoOnByteForByte()
    {
        var seen = new List<string>();
        await using var server = await StartAsync(seen);

        var answer = await RawHttp.SendAsync(
            server.Address, Encoding.UTF8.GetBytes(
                "GET /healthy HTTP/1.1\r\nHost: rondo\r\nConnection: close, X-Gone\r\nX-Gone: 1\r\n"
                    + "Cookie: n=\u00e9\r\n\r\n"));

        Assert.Equal(404, answer.Status);
        Assert.EndsWith("n=\u00e9 proof=", seen[0]);
    }

    private static ServerOptions Options(TestFolder folder) =>
        new() { Offline = true, Urls = "http://127.0.0.1:0", DataFolder = folder.Path };

    private static HttpClient ClientOf(FollowerFront front) => new()
    {
        BaseAddress = new Uri(front.App.Addresses()[0]),
        Timeout = TimeSpan.FromSeconds(60),
    };

    private static Task<TestServer> StartAsync(List<string> seen) => TestServer.StartAsync(
        isFollowed: true,
        configure: services => services.AddTransient<IStartupFilter>(_ => new Look(seen)));

    private static async Task UntilAsync(Func<bool> isReached)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isReached())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
    }

    // When the answer begins, all that changes the request has done so.
    private sealed class Look(List<string> seen) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(after => context =>
            {
                context.Response.OnStarting(() =>
                {
                    var (request, headers) = (context.Request, context.Request.Headers);
                    seen.Add(
                        $"{request.Method} {request.Scheme} {request.Host} {request.Path} {request.QueryString} "
                            + $"{context.Connection.RemoteIpAddress} for={headers["X-Forwarded-For"]} "
                            + $"id={headers["X-Request-Id"]} {headers.Cookie} proof={headers[NodeProof.Field]}");
                    return Task.CompletedTask;
                });
                return after(context);
            });
            next(app);
        };
    }
}
