using System.Net;
using System.Net.Sockets;
using Rondo.Runtime;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Models;

/// <summary>A web server on the running event loop: everything happens on its one thread.</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class LoopHttpServer
{
    /// <summary>Serves every client that connects, each in a task of its own.</summary>
    /// <param name="listener">Has been started; is left open.</param>
    /// <param name="answer">
    /// Takes path and query of a request, and runs on the loop: while it computes or blocks, all others wait. If it
    /// fails, the client gets status 500 and the loop's error handler the reason.
    /// </param>
    /// <param name="idleTimeout">
    /// How long a client may take for a request, and so stay idle, and for taking an answer; default 10 seconds.
    /// </param>
    /// <param name="stop">Ends it, as cancelling the task or the scope around the caller does.</param>
    /// <returns>Ends by its cancellation alone; what is open then goes on until the loop ends.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on the calling thread.</exception>
    public static async Task ServeAsync(
        TcpListener listener,
        Func<string, ValueTask<HttpAnswer>> answer,
        TimeSpan? idleTimeout = null,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(answer);
        var loop = EventLoop.Running
            ?? throw new InvalidOperationException("Serving needs an event loop that runs on this thread.");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, CancelScope.Current?.Token ?? default);
        while (true)
        {
            var client = new HttpConversation(await listener.AcceptSocketAsync(end.Token));
            _ = loop.CreateTask(() => ConverseAsync(loop, client, answer, idleTimeout ?? HttpConversation.DefaultLimit));
        }
    }

    /// <summary>The same on the sockets of a loop that waits for them itself.</summary>
    /// <param name="thread">Runs the caller.</param>
    /// <param name="sockets">Listening; are closed in the end.</param>
    /// <param name="answer">Takes path and query of a request.</param>
    /// <param name="idleTimeout">How long a client may stay idle, and take for an answer.</param>
    /// <param name="stop">Ends it.</param>
    internal static async Task ServeAsync(
        LoopThread thread,
        ListeningSockets sockets,
        Func<string, ValueTask<HttpAnswer>> answer,
        TimeSpan idleTimeout,
        CancellationToken stop)
    {
        var listener = new SocketListener(thread, sockets, 0, Converse, onPaused: _ => { });
        listener.Start();
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(stop);
        }
        finally
        {
            listener.Stop();
        }

        void Converse(LoopSocket socket, EndPoint? remote)
        {
            socket.SetNoDelay();
            var stream = new LoopStream(socket, remote);
            if (socket.Register() < 0)
            {
                stream.Dispose();
                return;
            }

            thread.Loop.CreateTask(() => ConverseAsync(thread.Loop, new HttpConversation(stream), answer, idleTimeout));
        }
    }

    private static async Task ConverseAsync(
        EventLoop loop, HttpConversation client, Func<string, ValueTask<HttpAnswer>> answer, TimeSpan idleTimeout)
    {
        using var conversation = client;
        using var ending = CancelScope.Current!.Token.UnsafeRegister(c => ((HttpConversation)c!).Dispose(), client);
        var limit = loop.CallLater(idleTimeout, client.Dispose);
        while (await client.ReadAsync())
        {
            limit.Cancel();
            HttpAnswer text;
            try
            {
                text = await answer(client.Target);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                await client.AnswerAsync(new HttpAnswer(500, "Internal Server Error\r\n"));
                throw;
            }

            limit.Reschedule(idleTimeout);
            if (!await client.AnswerAsync(text))
            {
                break;
            }
        }

        limit.Cancel();
    }
}
