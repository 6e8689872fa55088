using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rondo.Cli.Tests.Load;

/// <summary>Answers every request on a real socket with the same bytes, or not at all.</summary>
internal sealed class TinyServer : IDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nServer: tiny\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[]? _answer;
    private readonly bool _closes;
    private int _requests;

    /// <param name="answer">Null for silence.</param>
    /// <param name="closes">Whether each connection ends after its first answer.</param>
    public TinyServer(string? answer = Ok, bool closes = false)
    {
        (_answer, _closes) = (answer is null ? null : Encoding.Latin1.GetBytes(answer), closes);
        _listener.Start(1024);
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var room = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(room) > 0)
            {
                Interlocked.Increment(ref _requests);
                if (_answer is not null)
                {
                    await socket.SendAsync(_answer);
                }

                if (_closes)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The generator has gone.
        }
    }
}
