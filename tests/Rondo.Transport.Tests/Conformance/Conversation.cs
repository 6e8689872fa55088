using System.Text;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>What a client sends on one connection, and everything that comes back until the server ends it.</summary>
internal static class Conversation
{
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(30);

    /// <param name="server">Where.</param>
    /// <param name="parts">Sent one after the other.</param>
    /// <param name="isBytewise">Whether each byte is a call of its own.</param>
    /// <param name="takesTurns">Whether the first part is answered before the next is sent.</param>
    /// <param name="endsSending">Whether the client ends its side then.</param>
    /// <param name="isOver">Whether nothing more is to come, by what has come; null leaves it to the server.</param>
    /// <returns>
    /// The bytes; that the server has closed or reset the connection is the same verdict, since that depends on what of
    /// the request is still on its way.
    /// </returns>
    public static async Task<byte[]> RunAsync(
        EndPoint server,
        IReadOnlyList<byte[]> parts,
        bool isBytewise,
        bool takesTurns = false,
        bool endsSending = false,
        Func<ReadOnlyMemory<byte>, bool>? isOver = null)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(s_guard);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, guard.Token);
        var isAnswered = new TaskCompletionSource();
        var received = ReadAsync(socket, isAnswered, isOver, guard.Token);
        try
        {
            foreach (var part in parts)
            {
                await SendAsync(socket, part, isBytewise ? 1 : int.MaxValue, guard.Token);
                if (takesTurns)
                {
                    await Task.WhenAny(isAnswered.Task, received);
                }
            }

            if (endsSending)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // It has closed already.
        }

        return await received;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, int atOnce, CancellationToken token)
    {
        while (!bytes.IsEmpty)
        {
            var next = bytes[..Math.Min(atOnce, bytes.Length)];
            bytes = bytes[await socket.SendAsync(next, SocketFlags.None, token)..];
        }
    }

    private static async Task<byte[]> ReadAsync(
        Socket socket, TaskCompletionSource isAnswered, Func<ReadOnlyMemory<byte>, bool>? isOver, CancellationToken token)
    {
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, token) is var count and > 0)
            {
                all.Write(buffer, 0, count);
                isAnswered.TrySetResult();
                if (isOver is not null && isOver(all.GetBuffer().AsMemory(0, (int)all.Length)))
                {
                    break;
                }
            }
        }
        catch (SocketException)
        {
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"Neither answered nor closed. So far: {Encoding.Latin1.GetString(all.ToArray())}");
        }

        return all.ToArray();
    }
}
