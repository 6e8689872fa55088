using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Lab.Models;
using Rondo.Runtime;

namespace Rondo.Lab.Tests.Models;

/// <summary>Both kinds of steps, over real sockets; partly about real time: a client that is too slow.</summary>
public sealed class HttpConversationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Conversation_Pipelined_AnswersInOrderUntilClose(bool blocking)
    {
        var received = await ExchangeAsync(
            blocking,
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "GET /3 HTTP/1.0\r\n\r\nGET /4 HTTP/1.0\r\n\r\n");

        Assert.Equal(3, received.Split("HTTP/1.1 200 OK\r\n").Length - 1);
        Assert.Equal(["/1", "", "/3"], received.Split("HTTP/1.1").Skip(1).Select(a => a.Split("\r\n\r\n")[1]));
        Assert.Contains("Connection: close\r\n\r\n/3", received, StringComparison.Ordinal);
        Assert.DoesNotContain("/4", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Conversation_Nonsense_IsRefusedAndEnds(bool blocking)
    {
        var received = await ExchangeAsync(blocking, "nonsense\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", received, StringComparison.Ordinal);
        Assert.EndsWith("Bad Request\r\n", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Conversation_ClientThatSaysNothing_Ends(bool blocking) =>
        Assert.Equal("", await ExchangeAsync(blocking, ""));

    [Fact]
    public async Task ReadBlocking_ClientTooSlow_IsToldSo()
    {
        var received = await ExchangeAsync(
            blocking: true, "GET / HTTP/1.1\r\n", limit: TimeSpan.FromMilliseconds(50), half: false);

        Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadBlocking_SilentClient_IsClosed() =>
        Assert.Equal("", await ExchangeAsync(true, "", limit: TimeSpan.FromMilliseconds(50), half: false));

    [Fact]
    public async Task LoopServer_HandlerFails_ClientIsToldAndTheNextIsServed()
    {
        var errors = new List<string>();
        var answers = new List<string>();
        await Task.Factory.StartNew(
            () => EventLoop.Run(
                async () =>
                {
                    using var listener = new TcpListener(IPAddress.Loopback, 0);
                    listener.Start();
                    using var stop = new CancellationTokenSource();
                    var server = EventLoop.Running!.CreateTask(() => LoopHttpServer.ServeAsync(
                        listener,
                        async target =>
                        {
                            await Task.Yield();
                            return target == "/bad" ? throw new InvalidOperationException("bad") : "good";
                        },
                        stop: stop.Token));
                    answers.Add(await AskAsync((IPEndPoint)listener.LocalEndpoint, "GET /bad HTTP/1.0\r\n\r\n"));
                    answers.Add(await AskAsync((IPEndPoint)listener.LocalEndpoint, "GET / HTTP/1.0\r\n\r\n"));
                    await stop.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.AsTask());
                },
                new LoopOptions
                {
                    HandleInterrupt = false,
                    ErrorHandler = error => errors.Add(error.Exception.Message),
                }),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.StartsWith("HTTP/1.1 500 ", answers[0], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\ngood", answers[1], StringComparison.Ordinal);
        Assert.Equal(["bad"], errors);
    }

    /// <summary>Sends, says that there is no more, and reads to the end. The server answers with the target.</summary>
    private static async Task<string> ExchangeAsync(
        bool blocking, string text, TimeSpan? limit = null, bool half = true)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asking = AskAsync((IPEndPoint)listener.LocalEndpoint, text, half);
        var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using (var server = new HttpConversation(socket) { Limit = limit ?? TimeSpan.FromSeconds(30) })
        {
            if (blocking)
            {
                while (server.ReadBlocking() && server.AnswerBlocking(server.Target))
                {
                }
            }
            else
            {
                while (await server.ReadAsync() && await server.AnswerAsync(server.Target))
                {
                }
            }
        }

        return await asking;
    }

    private static async Task<string> AskAsync(IPEndPoint address, string text, bool half = true)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        if (half)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
