#pragma warning disable xUnit1051 // The scope around the test cancels what waits in it.
using Rondo.Runtime.Testing;

namespace Rondo.Runtime.Tests.Testing;

/// <summary>
/// The platform's HTTP client over a virtual network. It opens connections, and hands them to requests, on the thread
/// pool, so its posts are either declared while the clock stands still, or allowed.
/// </summary>
public sealed class VirtualNetworkHttpTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void HttpClient_AsExternalWorkOnALineWithoutDelay_IsAnswered() => VirtualLoop.Run(async test =>
    {
        using var client = Connect(test);
        using (test.ExternalWork("request"))
        {
            Assert.Equal("hello", await client.GetStringAsync(new Uri("http://api/")));
        }

        Assert.Same(test.Loop, EventLoop.Running);
        Assert.Equal(TimeSpan.Zero, test.Loop.Time);
    });

    [Fact]
    public void HttpClient_UntrackedPostsAllowed_TakesTheLatencyOfTheLine() => VirtualLoop.Run(async test =>
    {
        test.AllowUntrackedPosts = true;
        test.Network.Conditions = new LinkConditions { Latency = 10 * Millisecond };
        using var client = Connect(test);

        await client.GetStringAsync(new Uri("http://api/"));
        Assert.Equal(40 * Millisecond, test.Loop.Time);

        await client.GetStringAsync(new Uri("http://api/"));
        Assert.Equal(60 * Millisecond, test.Loop.Time);
    });

    [Fact]
    public void HttpClient_NothingDeclared_FailsTheTestWithTheReason()
    {
        var error = Assert.Throws<UntrackedPostException>(() => VirtualLoop.Run(async test =>
        {
            using var client = Connect(test);
            await client.GetStringAsync(new Uri("http://api/"));
        }, options: new LoopOptions { ErrorHandler = _ => { } }));

        Assert.Contains("thread pool", error.Message, StringComparison.Ordinal);
    }

    private static HttpClient Connect(VirtualLoop test)
    {
        test.Loop.CreateTask(() => ServeAsync(test), "api");
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) => await test.Network.ConnectAsync(
                $"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}", cancellationToken: cancellation),
        });
    }

    private static async Task ServeAsync(VirtualLoop test)
    {
        using var listener = test.Network.Listen("api:80");
        using var connection = await listener.AcceptAsync();
        using var reader = new StreamReader(connection);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray());
            }
        }
    }
}
