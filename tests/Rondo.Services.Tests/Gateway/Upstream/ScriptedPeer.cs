using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>The gateway, as an upstream sees it: one connection.</summary>
internal sealed class ScriptedPeer(Socket socket, int number, CancellationToken over) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private byte[] _buffer = new byte[16 * 1024];
    private int _length;

    /// <summary>Counts connections from 1.</summary>
    public int Number => number;

    /// <summary>The next request's head, with its empty line; null at the end.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Encoding.Latin1.GetString(Take(end + 4));
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>So many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        while (_length < count)
        {
            Assert.True(await FillAsync(), $"The gateway ended after {_length} of {count} bytes.");
        }

        return Take(count);
    }

    /// <summary>Everything up to the end.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Encoding.Latin1.GetString(Take(_length));
    }

    /// <summary>A body in chunks, without its framing.</summary>
    public async Task<byte[]> ReadChunksAsync()
    {
        var body = new List<byte>();
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n"u8)) < 0)
            {
                Assert.True(await FillAsync(), "The gateway ended in a chunk.");
            }

            var size = Convert.ToInt32(Encoding.ASCII.GetString(Take(end + 2)).Trim(), 16);
            body.AddRange((await ReadAsync(size + 2))[..size]);
            if (size == 0)
            {
                return [.. body];
            }
        }
    }

    /// <summary>Waits until the gateway closes its side or breaks the connection.</summary>
    public async Task<bool> IsResetAsync()
    {
        try
        {
            while (await FillAsync())
            {
                _length = 0;
            }

            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public Task WriteAsync(byte[] bytes) => _stream.WriteAsync(bytes, over).AsTask();

    /// <summary>Ends this side; the other may still speak.</summary>
    public void End() => socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private async Task<bool> FillAsync()
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _length * 2);
        }

        var count = await _stream.ReadAsync(_buffer.AsMemory(_length), over);
        _length += count;
        return count > 0;
    }

    private byte[] Take(int count)
    {
        var taken = _buffer[..count];
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
        return taken;
    }
}
