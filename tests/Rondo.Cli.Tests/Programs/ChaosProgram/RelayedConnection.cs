using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChaosProgram;

/// <summary>A connection through a <see cref="Relay"/>, from its first byte to its end.</summary>
/// <param name="client">The side that was accepted; it speaks first.</param>
/// <param name="target">The server's port.</param>
/// <param name="pass">Completes when a node, null for any other, may send, or be answered if it says true.</param>
internal sealed class RelayedConnection(Socket client, int target, Func<string?, bool, Task> pass) : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const string NodeField = "X-Rondo-Follower: ";
    private const int NameInProof = 2;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };

    private string? _from;

    public async Task RunAsync()
    {
        client.NoDelay = true;
        try
        {
            var first = new byte[BufferBytes];
            var length = await client.ReceiveAsync(first);
            _from = NodeIn(first.AsSpan(0, length));
            await pass(_from, false);
            await _server.ConnectAsync(IPAddress.Loopback, target);
            await SendAsync(_server, first.AsMemory(0, length));
            await Task.WhenAll(
                PumpAsync(client, _server, isAnswer: false), PumpAsync(_server, client, isAnswer: true));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side has reset it, or is not there: so does this to the other.
        }

        Dispose();
    }

    /// <summary>Resets both sides.</summary>
    public void Dispose()
    {
        Reset(client);
        Reset(_server);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has ended before.
        }

        socket.Dispose();
    }

    // A follower names itself in each request that it sends on.
    private static string? NodeIn(ReadOnlySpan<byte> head)
    {
        var text = Encoding.Latin1.GetString(head);
        var at = text.IndexOf(NodeField, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && text[at..].Split(';') is { Length: > NameInProof } parts ? parts[NameInProof] : null;
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                await pass(_from, isAnswer);
                await SendAsync(to, buffer.AsMemory(0, length));
            }

            await pass(_from, isAnswer);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await pass(_from, isAnswer);
            Dispose();
            throw;
        }
    }
}
