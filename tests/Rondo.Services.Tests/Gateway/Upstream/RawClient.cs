using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>A client that says what it likes and sees each byte, and how the connection ends.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StringBuilder _seen = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>What has come and was not taken.</summary>
    public string Seen => _seen.ToString();

    /// <summary>Whether the connection was broken, not ended.</summary>
    public bool IsReset { get; private set; }

    public static async Task<RawClient> ConnectAsync(Uri server, int? receiveBuffer = null)
    {
        var client = new RawClient();
        if (receiveBuffer is { } size)
        {
            client._socket.ReceiveBufferSize = size;
        }

        await client._socket.ConnectAsync(server.Host, server.Port, client._limit.Token);
        return client;
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent), _limit.Token);
        }
    }

    /// <summary>A GET of a path.</summary>
    public Task GetAsync(string path = "/", string more = "", string method = "GET") =>
        SendAsync($"{method} {path} HTTP/1.1\r\nHost: client\r\n{more}\r\n");

    /// <summary>Reads until a text has come; takes all up to its end.</summary>
    public async Task<string> UntilAsync(string text)
    {
        int at;
        while ((at = Seen.IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            Assert.True(await ReceiveAsync(), $"The end came before '{text}', after '{Seen}'.");
        }

        return Take(at + text.Length);
    }

    /// <summary>Reads until a text has come, or the end; takes all.</summary>
    public async Task<string> UntilEndOrAsync(string text)
    {
        while (!Seen.Contains(text, StringComparison.Ordinal) && await ReceiveAsync())
        {
        }

        return Take(_seen.Length);
    }

    /// <summary>Reads so many bytes and takes them.</summary>
    public async Task<string> ReadAsync(int count)
    {
        while (_seen.Length < count)
        {
            Assert.True(await ReceiveAsync(), $"The end came after {_seen.Length} of {count} bytes.");
        }

        return Take(count);
    }

    /// <summary>An answer with Content-Length, or without a body: its head and its body.</summary>
    public async Task<(string Head, string Body)> AnswerAsync()
    {
        var head = await UntilAsync("\r\n\r\n");
        var length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return (head, length is null ? "" : await ReadAsync(int.Parse(length[16..], null)));
    }

    /// <summary>Reads to the end; all that was not taken.</summary>
    public async Task<string> ToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return Take(_seen.Length);
    }

    public async Task<bool> ReceiveAsync()
    {
        try
        {
            var count = await _socket.ReceiveAsync(_buffer, _limit.Token);
            _seen.Append(Encoding.Latin1.GetString(_buffer, 0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            IsReset = true;
            return false;
        }
    }

    /// <summary>Ends this side.</summary>
    public void End() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _limit.Dispose();
    }

    private string Take(int count)
    {
        var taken = _seen.ToString(0, count);
        _seen.Remove(0, count);
        return taken;
    }
}
