using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>The two pipe ends of a connection, without HTTP.</content>
public abstract partial class TransportContract
{
    [Fact(Timeout = Limit)]
    public async Task CancelPendingRead_WhileWaiting_EndsTheReadAndLosesNothing() => await ServeOneAsync(
        async (connection, client) =>
        {
            var input = connection.Transport.Input;
            var read = input.ReadAsync(Token);
            input.CancelPendingRead();
            var cancelled = await read;
            Assert.True(cancelled.IsCanceled);
            Assert.True(cancelled.Buffer.IsEmpty);
            input.AdvanceTo(cancelled.Buffer.Start);
            await client.SendAsync("later");

            Assert.Equal("later", await ReadTextAsync(input, 5));
        });

    [Fact(Timeout = Limit)]
    public async Task CancelPendingRead_Beforehand_EndsTheNextReadOnly() => await ServeOneAsync(
        async (connection, client) =>
        {
            var input = connection.Transport.Input;
            input.CancelPendingRead();
            var cancelled = await input.ReadAsync(Token);
            Assert.True(cancelled.IsCanceled);
            input.AdvanceTo(cancelled.Buffer.End);
            await client.SendAsync("later");

            Assert.Equal("later", await ReadTextAsync(input, 5));
        });

    [Fact(Timeout = Limit)]
    public async Task Read_WithTokenCancelled_ThrowsAndLosesNothing() => await ServeOneAsync(
        async (connection, client) =>
        {
            var input = connection.Transport.Input;
            using var cancel = new CancellationTokenSource();
            var read = input.ReadAsync(cancel.Token).AsTask();
            Assert.False(read.IsCompleted);
            await cancel.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            Assert.Equal(cancel.Token, error.CancellationToken);
            await client.SendAsync("later");

            Assert.Equal("later", await ReadTextAsync(input, 5));
        });

    [Fact(Timeout = Limit)]
    public async Task Advance_ToNowhere_ConsumesAndExaminesNothing() => await ServeOneAsync(
        async (connection, client) =>
        {
            var input = connection.Transport.Input;
            await client.SendAsync("some");
            await input.ReadAtLeastAsync(4, Token);
            input.AdvanceTo(default);
            Assert.Equal("some", await ReadTextAsync(input, 4));
        });

    [Fact(Timeout = Limit)]
    public async Task Read_Unconsumed_ComesAgainWithMore() => await ServeOneAsync(
        async (connection, client) =>
        {
            var input = connection.Transport.Input;
            await client.SendAsync("one ");
            var first = await input.ReadAsync(Token);
            input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
            var waiting = input.ReadAsync(Token);
            await client.SendAsync("two");
            var second = await waiting;

            Assert.StartsWith("one t", Encoding.ASCII.GetString(second.Buffer), StringComparison.Ordinal);
            input.AdvanceTo(second.Buffer.Start, second.Buffer.Start);
            Assert.True(input.TryRead(out var third));
            input.AdvanceTo(third.Buffer.Start);
        });

    [Fact(Timeout = Limit)]
    public async Task Read_AfterTheEnd_GivesTheRestThenTheEnd() => await ServeOneAsync(
        async (connection, client) =>
        {
            await client.SendAsync("rest");
            client.EndSending();
            var input = connection.Transport.Input;

            Assert.Equal("rest", await ReadTextAsync(input, 4));
            var end = await input.ReadAsync(Token);
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
        });

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_ThatWaits_CanBeCancelledAndLosesNothing(bool byToken) => await ServeOneAsync(
        async (connection, client) =>
        {
            var output = connection.Transport.Output;
            using var cancel = new CancellationTokenSource();
            var bytes = new byte[10 * Megabyte];
            Random.Shared.NextBytes(bytes);
            output.Write(bytes);
            var flush = output.FlushAsync(cancel.Token).AsTask();
            Assert.False(flush.IsCompleted);
            if (byToken)
            {
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
            }
            else
            {
                output.CancelPendingFlush();
                Assert.True((await flush).IsCanceled);
            }

            // The next bytes follow those that are still under way.
            output.Write("end"u8);
            var rest = output.FlushAsync(Token).AsTask();
            var received = await ReadCountAsync(client, bytes.Length + 3);
            Assert.Equal(bytes, received[..^3]);
            Assert.Equal("end"u8, received.AsSpan()[^3..]);
            Assert.False((await rest).IsCanceled);
        });

    [Fact(Timeout = Limit)]
    public async Task Complete_WithUnsentBytes_SendsThem() => await ServeOneAsync(
        async (connection, client) =>
        {
            var bytes = new byte[5 * Megabyte];
            Random.Shared.NextBytes(bytes);
            connection.Transport.Output.Write(bytes);
            await connection.Transport.Output.CompleteAsync();

            Assert.Equal(bytes, await ReadCountAsync(client, bytes.Length));
        });

    [Fact(Timeout = Limit)]
    public async Task Abort_WhileReading_FailsTheReadWithTheReason() => await ServeOneAsync(
        async (connection, client) =>
        {
            var read = connection.Transport.Input.ReadAsync(Token).AsTask();
            connection.Abort(new ConnectionAbortedException("enough"));

            Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read)).Message);
            Assert.True(await client.IsResetAsync());
        });

    [Fact(Timeout = Limit)]
    public async Task Reset_WhileReading_FailsTheReadAndClosesTheConnection() => await ServeOneAsync(
        async (connection, client) =>
        {
            var closed = new TaskCompletionSource();
            connection.ConnectionClosed.Register(closed.SetResult);
            var read = connection.Transport.Input.ReadAsync(Token).AsTask();
            client.Reset();

            await Assert.ThrowsAsync<ConnectionResetException>(() => read);
            await closed.Task.WaitAsync(Guard, Token);
        });

    [Fact(Timeout = Limit)]
    public async Task ConnectionClosed_CallbackThatThrows_IsSurvived()
    {
        await using var server = await StartBareAsync(async connection =>
        {
            connection.ConnectionClosed.Register(() => throw new InvalidOperationException("on purpose"));
            await connection.Transport.Input.ReadAsync();
        });
        for (var i = 0; i < 3; i++)
        {
            using var client = await server.ConnectAsync();
            client.EndSending();
            Assert.False(await client.IsResetAsync());
        }
    }

    /// <summary>One connection, both of whose ends the test holds.</summary>
    private async Task ServeOneAsync(Func<ConnectionContext, RawClient, Task> test)
    {
        var accepted = new TaskCompletionSource<ConnectionContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartBareAsync(connection =>
        {
            accepted.SetResult(connection);
            return done.Task;
        });
        using var client = await server.ConnectAsync();
        try
        {
            await test(await accepted.Task.WaitAsync(Guard, Token), client);
        }
        finally
        {
            done.SetResult();
        }
    }

    private static async Task<string> ReadTextAsync(PipeReader input, int length)
    {
        while (true)
        {
            var result = await input.ReadAsync(Token);
            if (result.Buffer.Length >= length || result.IsCompleted)
            {
                var text = Encoding.ASCII.GetString(result.Buffer);
                input.AdvanceTo(result.Buffer.End);
                return text;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async Task<byte[]> ReadCountAsync(RawClient client, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await client.Socket.ReceiveAsync(bytes.AsMemory(at), SocketFlags.None, Token);
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }
}
