using System.Globalization;
using System.Text;

namespace Rondo.Transport.Tests.Support;

/// <summary>A client that sees bytes, ends and resets as they come.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, int receiveBuffer = 0)
    {
        var isUnix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(
            endPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isUnix)
        {
            socket.NoDelay = true;
        }

        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        await socket.ConnectAsync(endPoint, Token);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, Token)..];
        }
    }

    /// <summary>The body of the next answer, whose status must be the expected one.</summary>
    public async Task<string> ReadAnswerAsync(int status = 200)
    {
        var head = await ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        if (head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            return await ReadChunksAsync();
        }

        const string name = "content-length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase) + name.Length;
        var length = int.Parse(head[at..head.IndexOf('\r', at)], CultureInfo.InvariantCulture);
        return await ReadExactlyAsync(length);
    }

    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            head.Append(await ReadLineAsync());
        }

        return head.ToString();
    }

    /// <summary>The next chunk of a chunked answer; empty at its end.</summary>
    public async Task<string> ReadChunkAsync()
    {
        var line = await ReadLineAsync();
        var chunk = await ReadExactlyAsync(
            int.Parse(line.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        await ReadLineAsync();
        return chunk;
    }

    /// <summary>Everything until the peer has ended its side; fails if it resets.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        do
        {
            text.Append(Encoding.Latin1.GetString(_buffer, _start, _end - _start));
        }
        while (await FillAsync());

        return text.ToString();
    }

    /// <summary>How the connection ends when nothing more is expected: true for a reset, false for an end.</summary>
    public async Task<bool> IsResetAsync()
    {
        try
        {
            await ReadToEndAsync();
            return false;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes so that the peer gets a reset.</summary>
    public void Reset() => Socket.Close(timeout: 0);

    public void Dispose() => Socket.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var text = new StringBuilder();
        while (await ReadChunkAsync() is { Length: > 0 } chunk)
        {
            text.Append(chunk);
        }

        return text.ToString();
    }

    private async Task<string> ReadExactlyAsync(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            if (_start == _end && !await FillAsync())
            {
                throw new EndOfStreamException($"The peer ended within an answer, after: {text}");
            }

            var count = Math.Min(length - text.Length, _end - _start);
            text.Append(Encoding.Latin1.GetString(_buffer, _start, count));
            _start += count;
        }

        return text.ToString();
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (line.Length == 0 || line[^1] != '\n')
        {
            line.Append(await ReadExactlyAsync(1));
        }

        return line.ToString();
    }

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await Socket.ReceiveAsync(_buffer, SocketFlags.None, Token);
        return _end > 0;
    }
}
