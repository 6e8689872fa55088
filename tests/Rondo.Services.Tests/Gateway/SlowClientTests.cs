using System.Net.Sockets;
using Rondo.Services.Tests.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>
/// Clients that take their time, and too many of them. Real time is the subject: the server takes no other clock, and
/// looks at it once a second.
/// </summary>
public sealed class SlowClientTests
{
    private const int Connections = 8;
    private const string Limits =
        """{"Server":{"HeadTime":"1s","BodyRate":1000,"BodyGrace":"2s","Connections":8}}""";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Head_ByteByByte_IsAnswered408AndReachesNobody(string transport)
    {
        await using var upstream = new RecordingUpstream();
        await using var server = await StartAsync(transport);
        await RegisterAsync(server, upstream.Url);
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.SendAsync("GET /printer/x HTTP/1.1\r\nHost: rondo\r\nX: ");
        var answer = await DribbleAsync(client);

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.Equal(0, upstream.Bytes);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Body_BelowTheLeastRate_IsAnswered408AndIsNeverWholeToTheService(string transport)
    {
        var seen = new TaskCompletionSource<bool>();
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            try
            {
                await peer.ReadAsync(100_000);
                seen.TrySetResult(true);
            }
            catch
            {
                seen.TrySetResult(false);
                throw;
            }
        });
        await using var server = await StartAsync(transport);
        var key = await RegisterAsync(server, upstream.Address.ToString().TrimEnd('/'));
        using var client = await RawClient.ConnectAsync(server.Address);

        await client.SendAsync(
            $"POST /printer/x HTTP/1.1\r\nHost: rondo\r\n{Keys.Bearer(key)}\r\nContent-Length: 100000\r\n\r\n");
        var answer = await DribbleAsync(client);

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.False(await seen.Task.InTimeAsync());
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Connections_BeyondTheMost_AreClosedAndOneMoreIsTakenWhenOneHasGone(string transport)
    {
        await using var server = await StartAsync(transport);
        var clients = new List<RawClient>();
        try
        {
            while (await TryAsync(server) is { } client)
            {
                clients.Add(client);
                Assert.InRange(clients.Count, 1, Connections);
            }

            Assert.Equal(Connections, clients.Count);
            clients[0].Dispose();
            using var timer = new PeriodicTimer(s_pause);
            var another = await TryAsync(server);
            while (another is null)
            {
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
                another = await TryAsync(server);
            }

            clients.Add(another);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Theory]
    [InlineData("""{"Server":{"Connections":0}}""", "Server:Connections")]
    [InlineData("""{"Server":{"HeadTime":"soon"}}""", "Server:HeadTime")]
    [InlineData("""{"Server":{"BodyGrace":"1s"}}""", "Server:BodyGrace")]
    [InlineData("""{"Server":{"Timeout":"1s"}}""", "Server:Timeout")]
    public void Settings_Mistaken_RefuseTheStartByName(string settings, string named)
    {
        using var folder = new TestFolder();
        folder.Write("appsettings.json", settings);

        var refused = Assert.Throws<Rondo.Services.Hosting.StartException>(
            () => RondoServer.Build(new ServerOptions { DataFolder = folder.Path, Urls = "http://127.0.0.1:0" }));

        Assert.Contains(named, refused.Message);
    }

    private static Task<TestServer> StartAsync(string transport) => TestServer.StartAsync(
        options: new ServerOptions { Offline = true, Transport = transport }, settings: Limits);

    private static async Task<string> RegisterAsync(TestServer server, string upstream)
    {
        var key = server.CreateAdminKey();
        await new RegistryCalls(server, key).RegisterAsync("printer", "p1", ""","routes":["/printer/**"]""", upstream);
        return key;
    }

    // A byte now and then, until the server has had enough.
    private static async Task<string> DribbleAsync(RawClient client)
    {
        using var timer = new PeriodicTimer(s_pause);
        var answer = client.UntilEndOrAsync("\r\n\r\n");
        while (!answer.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            try
            {
                await client.SendAsync("a");
            }
            catch (SocketException)
            {
                // It has hung up.
                break;
            }
        }

        return await answer;
    }

    /// <summary>A connection that was answered and stays open; null when it was closed instead.</summary>
    private static async Task<RawClient?> TryAsync(TestServer server)
    {
        var client = await RawClient.ConnectAsync(server.Address);
        try
        {
            await client.SendAsync("GET /healthz HTTP/1.1\r\nHost: rondo\r\n\r\n");
        }
        catch (SocketException)
        {
            // Closed before it was read.
        }

        if ((await client.UntilEndOrAsync("\r\n\r\n")).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
        {
            return client;
        }

        client.Dispose();
        return null;
    }
}
