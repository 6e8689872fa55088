using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>A WebSocket as bytes on a socket, for what a client library would never send.</summary>
internal sealed class RawWebSocket : IDisposable
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>The connection ended without a close frame.</summary>
    public const int NoClose = 1006;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _limit = new(Limit);
    private NetworkStream _stream = null!;

    public static string Handshake(string path, params string[] headers) =>
        $"GET {path} HTTP/1.1\r\nHost: rondo\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + string.Concat(headers.Select(h => h + "\r\n")) + "\r\n";

    public static async Task<RawWebSocket> ConnectAsync(Uri server, string path)
    {
        var socket = new RawWebSocket();
        await socket._client.ConnectAsync(server.Host, server.Port, socket._limit.Token);
        socket._stream = socket._client.GetStream();
        await socket.WriteAsync(Encoding.ASCII.GetBytes(Handshake(path)));
        var answer = new List<byte>();
        while (!answer.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            answer.Add((await socket.ReadExactlyAsync(1))![0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString([.. answer]));
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Encoding.ASCII.GetString([.. answer]));
        return socket;
    }

    /// <summary>A client's frame.</summary>
    public static byte[] Frame(
        int opcode, byte[] payload, bool isLast = true, bool isMasked = true, int reserved = 0, ulong? declared = null)
    {
        var length = declared ?? (ulong)payload.Length;
        var frame = new List<byte> { (byte)((isLast ? 0x80 : 0) | (reserved << 4) | opcode) };
        var mask = isMasked ? 0x80 : 0;
        if (length < 126)
        {
            frame.Add((byte)(mask | (int)length));
        }
        else if (length <= ushort.MaxValue)
        {
            frame.AddRange([(byte)(mask | 126), (byte)(length >> 8), (byte)length]);
        }
        else
        {
            var eight = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(eight, length);
            frame.Add((byte)(mask | 127));
            frame.AddRange(eight);
        }

        byte[] key = [0x37, 0xfa, 0x21, 0x3d];
        if (isMasked)
        {
            frame.AddRange(key);
        }

        frame.AddRange(payload.Select((b, i) => isMasked ? (byte)(b ^ key[i % 4]) : b));
        return [.. frame];
    }

    public static byte[] TextFrame(string text) => Frame(Text, Encoding.UTF8.GetBytes(text));

    public async Task WriteAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes, _limit.Token);
        }
        catch (IOException)
        {
            // The server has hung up; what it said is read next.
        }
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<(int Opcode, byte[] Payload)?> ReadAsync()
    {
        if (await ReadExactlyAsync(2) is not { } head)
        {
            return null;
        }

        var length = (head[1] & 0x7f) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadExactlyAsync(2)),
            127 => (long)BinaryPrimitives.ReadUInt64BigEndian(await ReadExactlyAsync(8)),
            var small => small,
        };
        return (head[0] & 0xf, (await ReadExactlyAsync((int)length))!);
    }

    /// <summary>The code that the server closes with, whatever it says before.</summary>
    public async Task<int> ReadCloseAsync()
    {
        while (await ReadAsync() is var (opcode, payload))
        {
            if (opcode == Close)
            {
                return payload.Length == 0 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
            }
        }

        return NoClose;
    }

    /// <summary>The next text.</summary>
    public async Task<string> ReadTextAsync()
    {
        while (await ReadAsync() is var (opcode, payload))
        {
            if (opcode == Text)
            {
                return Encoding.UTF8.GetString(payload);
            }
        }

        throw new EndOfStreamException("The connection has ended.");
    }

    /// <summary>Says that nothing more will come, without a close frame.</summary>
    public void EndWriting() => _client.Client.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        _client.Dispose();
        _limit.Dispose();
    }

    private async Task<byte[]?> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        try
        {
            await _stream.ReadExactlyAsync(bytes, _limit.Token);
            return bytes;
        }
        catch (Exception gone) when (gone is IOException)
        {
            return null;
        }
    }
}
