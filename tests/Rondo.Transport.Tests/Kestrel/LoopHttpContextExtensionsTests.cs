using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Blocking;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

/// <summary>A gateway in small: each loop passes its requests on over connections of its own.</summary>
public sealed class LoopHttpContextExtensionsTests : IDisposable
{
    private readonly ConcurrentDictionary<LoopConnector, HttpMessageInvoker> _upstream = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var invoker in _upstream.Values)
        {
            invoker.Dispose();
        }
    }

    [Fact]
    public async Task GetLoopConnector_InAGateway_PassesAThousandRequestsOn()
    {
        await using var upstream = await TestServer.StartAsync(_ => { }, EchoAsync);
        await using var gateway = await TestServer.StartAsync(
            host => host.UseEventLoop(o => o.Loops = 2),
            async context =>
            {
                using var answer = await SendAsync(context, upstream);
                context.Response.ContentLength = answer.Content.Headers.ContentLength;
                await answer.Content.CopyToAsync(context.Response.Body);
            });
        using var client = new HttpClient { BaseAddress = gateway.Url };

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async sender =>
        {
            for (var n = 0; n < 63; n++)
            {
                var body = RandomNumberGenerator.GetBytes(sender * n);
                using var answer = await client.PostAsync("/", new ByteArrayContent(body), Cancelled);
                Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancelled));
            }
        })).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);

        Assert.InRange(_upstream.Count, 1, 2);
    }

    [Fact]
    public async Task GetLoopConnector_WhereAHandlerBlocksOnTheAnswer_StillGetsIt()
    {
        await using var upstream = await TestServer.StartAsync(_ => { }, EchoAsync);
        await using var gateway = await BlockingServer.StartAsync(app => app.MapPost("/block", context =>
        {
            using var answer = SendAsync(context, upstream).Result;
            context.Response.StatusCode = (int)answer.StatusCode;
            return Task.CompletedTask;
        }));

        for (var round = 0; round < 5; round++)
        {
            using var answer = await gateway.Client.PostAsync("/block", new ByteArrayContent([1]), Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        gateway.AssertAllCameBack();
    }

    [Fact]
    public async Task GetLoopConnector_Disposed_StillConnects()
    {
        await using var upstream = await TestServer.StartAsync(_ => { }, EchoAsync);
        await using var gateway = await TestServer.StartAsync(host => host.UseEventLoop(), async context =>
        {
            await context.GetLoopConnector()!.DisposeAsync();
            await using var stream = await context.GetLoopConnector()!.ConnectAsync(upstream.EndPoint);
            await context.Response.WriteAsync(stream.RemoteEndPoint!.ToString()!);
        });
        using var client = new HttpClient();

        Assert.Equal(upstream.EndPoint.ToString(), await client.GetStringAsync(gateway.Url, Cancelled));
    }

    [Fact]
    public async Task GetLoopConnector_OnThePlatformsSockets_IsNull()
    {
        await using var server = await TestServer.StartAsync(
            _ => { }, context => context.Response.WriteAsync((context.GetLoopConnector() is null).ToString()));
        using var client = new HttpClient();

        Assert.Equal("True", await client.GetStringAsync(server.Url, Cancelled));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, TestServer upstream)
    {
        var invoker = _upstream.GetOrAdd(context.GetLoopConnector()!, MakeInvoker);
        using var request = new HttpRequestMessage(HttpMethod.Post, upstream.Url)
        {
            Content = new StreamContent(context.Request.Body),
        };
        request.Content.Headers.ContentLength = context.Request.ContentLength;
        return await invoker.SendAsync(request, context.RequestAborted);
    }

    private static HttpMessageInvoker MakeInvoker(LoopConnector connector) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (c, cancellation) => await connector.ConnectAsync(c.DnsEndPoint, cancellation),
    });
}
