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
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
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
        foreach (var (id, path) in new[] { ("redirects", "/redirect"), ("endless", "/endless"), ("silent", "/silent") })
        {
            await calls.RegisterAsync("printer", id, Quick.Replace("/healthz", path), Address(upstream));
        }

        await calls.UntilAsync("printer", "redirects", "critical");
        await calls.UntilAsync("printer", "silent", "critical");
        await calls.UntilAsync("printer", "endless", "passing");
        Assert.DoesNotContain("/elsewhere", Seen);
        Assert.InRange(_sent, 0, 100L * 1024 * 1024);
    }

    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _seen = new();
    private long _sent;

    private IEnumerable<string> Seen => _seen;

    private static string Address(FakeUpstream upstream) => upstream.Address.ToString().TrimEnd('/');

    private async Task Hostile(HttpContext context, FakeUpstream upstream)
    {
        _seen.Enqueue(context.Request.Path);
        switch (context.Request.Path)
        {
            case "/redirect":
                context.Response.Redirect(Address(upstream) + "/elsewhere");
                break;
            case "/endless":
                var block = new byte[64 * 1024];
                context.Response.ContentLength = 1024L * 1024 * 1024;
                try
                {
                    while (!context.RequestAborted.IsCancellationRequested && _sent < 1024L * 1024 * 1024)
                    {
                        await context.Response.Body.WriteAsync(block, context.RequestAborted);
                        Interlocked.Add(ref _sent, block.Length);
                    }
                }
                catch (Exception error) when (error is OperationCanceledException or IOException)
                {
                    // The registry has hung up.
                }

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
}
