using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>What each service is for, asked of a follower: as if the leader had been asked.</summary>
public sealed class FollowerAcceptanceTests
{
    private const string Messages = "/chat/rooms/lobby/messages";
    private const string Events = "/chat/rooms/lobby/events";
    private const int Unauthorised = 4401;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_ByLongPollEventsAndWebSocket_GoesOnWhereItWas()
    {
        await using var server = await StartAsync();
        var polling = server.GetAsync(Events + "?after=0&wait=30s");

        var (posted, ack) = await server.SendAsync("POST", Messages, Json("""{"text":"one"}"""));
        var page = JsonNode.Parse((await polling).Body)!;
        using var talker = await ChatClient.HelloAsync(server.Address);
        await talker.UntilAsync("live");
        await talker.SayAsync("two", "c2");
        await talker.UntilAsync("ack");
        var streamed = await StreamAsync(server, page.Text("next"));
        using var resumed = await ChatClient.HelloAsync(server.Address, after: page.Text("next"));

        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.Equal(1, JsonNode.Parse(ack)!["seq"]!.GetValue<long>());
        Assert.Contains("\"one\"", page.ToJsonString());
        Assert.Contains("two", streamed);
        Assert.Equal("two", (await resumed.UntilAsync("message")).Text("text"));
    }

    [Fact]
    public async Task Key_MadeUsedAndRevoked_ClosesWhatItHasOpened()
    {
        await using var server = await StartAsync();
        var admin = server.CreateAdminKey();
        var made = await server.CreateAsync(admin, new { name = "c", scopes = new[] { "chat:post" } });
        using var holder = await ChatClient.HelloAsync(server.Address, key: made.Text());
        await holder.UntilAsync("live");

        await server.VerdictAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", "{}", Keys.Bearer(admin));

        Assert.Equal(
            Unauthorised, await holder.CloseCodeAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Equal(
            "401", (await server.VerdictAsync("GET", "/auth/keys", null, Keys.Bearer(made.Text()))).Split(' ')[0]);
    }

    [Fact]
    public async Task Noise_Published_IsAcknowledgedAndShown()
    {
        await using var server = await StartAsync();
        var token = await NoiseClient.EnrolAsync(server, server.CreateAdminKey());
        var (device, _) = await NoiseClient.HelloAsync(server.Address, token);
        using var open = device;

        await device.SendAsync(NoiseClient.Frame(1, TimeProvider.System.GetUtcNow().AddSeconds(-1)));
        await device.UntilAckAsync(1);

        Assert.Contains("\"lobby\"", (await server.GetAsync("/noise/rooms")).Body);
    }

    [Fact]
    public async Task Service_RegisteredAndRouted_IsSeenByAWatchAndReached()
    {
        await using var upstream = new RecordingUpstream();
        await using var server = await StartAsync();
        var admin = server.CreateAdminKey();
        var registry = new RegistryCalls(server, admin);
        var index = await registry.IndexAsync();
        var watching = server.GetAsync($"/registry/services/printer?wait=30s&index={index}");

        await registry.RegisterAsync("printer", "p1", ""","routes":["/printer/**"]""", upstream.Url);
        var (routed, body) = await server.SendAsync(
            "PUT", "/gateway/routes/extra",
            Json("""{"match":{"path":"/extra/**"},"service":"printer","auth":{"required":false}}"""),
            Keys.Bearer(admin));
        var (answer, _) = await server.GetAsync("/extra/page?a=1", Keys.Bearer(admin));

        Assert.Contains("\"p1\"", (await watching).Body);
        Assert.True(routed.IsSuccessStatusCode, body);
        Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{answer.StatusCode}");
    }

    [Fact]
    public async Task RatesAndWeather_Asked_AreTheLeadersBytes()
    {
        await using var server = await StartAsync();
        using var direct = new HttpClient { BaseAddress = server.Front!.Leader.Parts.State.Address };

        foreach (var path in new[] { "/convert/GBP/100", "/v1/latest?symbols=USD,CHF", "/forecast", "/openapi.json" })
        {
            var (answer, body) = await server.GetAsync(path);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(await direct.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation), body);
        }

        var (page, _) = await server.GetAsync("/", "Accept: text/html");
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefusedByTheLeader()
    {
        await using var server = await StartAsync();

        var (answer, body) = await server.SendAsync(
            "POST", Messages, JsonContent.Create(new { text = new string('x', 200_000) }));

        Assert.True(answer.StatusCode is HttpStatusCode.RequestEntityTooLarge, body);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(isFollowed: true);

    private static StringContent Json(string text) => new(text, null, "application/json");

    /// <summary>The first event after a cursor, by server-sent events.</summary>
    private static async Task<string> StreamAsync(TestServer server, string cursor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Events);
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Last-Event-ID", cursor);
        using var answer = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        while (await lines.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException("The events ended.");
    }
}
