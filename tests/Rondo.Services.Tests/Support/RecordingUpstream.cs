using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// Somebody else's server, as bytes: keeps the head of each request, and answers 200 without a body.
/// </summary>
internal sealed class RecordingUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _bytes;

    public RecordingUpstream()
    {
        _listener.Start();
        _running = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>All bytes that have come.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public ConcurrentQueue<string> Heads { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var (buffer, text) = (new byte[64 * 1024], new StringBuilder());
        try
        {
            var stream = client.GetStream();
            int read;
            while ((read = await stream.ReadAsync(buffer, _stop.Token)) > 0)
            {
                Interlocked.Add(ref _bytes, read);
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end)
                {
                    Heads.Enqueue(text.ToString(0, end + 2));
                    text.Clear();
                    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // The gateway, or the test, has hung up.
        }
    }
}
