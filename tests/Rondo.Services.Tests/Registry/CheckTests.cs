using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Registry;

/// <summary>
/// The registry's own checks, against servers that behave and that do not. Their intervals are real time.
/// </summary>
public sealed class CheckTests
{
    private const string Quick = """
         ,"check":{"type":"http","path":"/healthz","interval":"1s","timeout":"500ms","fail_after":1,"pass_after":1}
        """;

    [Fact]
    public async Task Check_ByHttp_FollowsTheServer()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        upstream.Answer(204);
        await calls.RegisterAsync("printer", "p1", Quick, Address(upstream));

        await calls.UntilAsync("printer", "p1", "passing");
        Assert.Equal("/healthz", (await upstream.RequestAsync()).Path);
        upstream.Answer(429);
        await calls.UntilAsync("printer", "p1", "warning");
        upstream.Answer(500);
        await calls.UntilAsync("printer", "p1", "critical");
        upstream.Answer(200);
        await calls.UntilAsync("printer", "p1", "passing");
    }

    [Fact]
    public async Task Check_ByTcp_FollowsThePort()
    {
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        const string check = """ ,"check":{"type":"tcp","interval":"1s","timeout":"2s","fail_after":1} """;
        await calls.RegisterAsync("printer", "p1", check, $"http://{listener.LocalEndpoint}");

        await calls.UntilAsync("printer", "p1", "passing");
        listener.Stop();
        await calls.UntilAsync("printer", "p1", "critical");
    }

    [Fact]
    public async Task Check_HostileAnswers_AreBounded()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var server = await TestServer.StartAsync();
        var calls = new RegistryCalls(server, server.CreateAdminKey());
        upstream.Answer(context => Hostile(context, upstream));
        using var endless = new TcpListener(IPAddress.Loopback, 0);
        endless.Start();
        var sending = SendGigabyteAsync(endless);
        await calls.RegisterAsync("printer", "redirects", Quick.Replace("/healthz", "/redirect"), Address(upstream));
        await calls.RegisterAsync("printer", "silent", Quick, Address(upstream));
        await calls.RegisterAsync("printer", "endless", Quick, $"http://{endless.LocalEndpoint}");

        await calls.UntilAsync("printer", "redirects", "critical");
        await calls.UntilAsync("printer", "silent", "critical");
        await calls.UntilAsync("printer", "endless", "passing");
        Assert.DoesNotContain("/elsewhere", _seen);
        var sent = await sending.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.InRange(sent, 1, 100L << 20);
    }

    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _seen = new();

    private static string Address(FakeUpstream upstream) => upstream.Address.ToString().TrimEnd('/');

    private async Task Hostile(HttpContext context, FakeUpstream upstream)
    {
        _seen.Enqueue(context.Request.Path);
        switch (context.Request.Path)
        {
            case "/redirect":
                context.Response.Redirect(Address(upstream) + "/elsewhere");
                break;
            default:
                var never = new TaskCompletionSource();
                await using (context.RequestAborted.Register(() => never.TrySetResult()))
                {
                    await never.Task;
                }

                break;
        }
    }

    /// <summary>Bytes that the first caller has taken of the gigabyte it was promised, until it hung up.</summary>
    private static async Task<long> SendGigabyteAsync(TcpListener listener)
    {
        const long promised = 1L << 30;
        using var caller = await listener.AcceptSocketAsync();
        var sent = 0L;
        try
        {
            await caller.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {promised}\r\n\r\n"));
            var block = new byte[64 * 1024];
            while (sent < promised)
            {
                sent += await caller.SendAsync(block);
            }
        }
        catch (SocketException)
        {
            // It has hung up.
        }

        return sent;
    }
}
