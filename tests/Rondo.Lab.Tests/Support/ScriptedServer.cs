using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rondo.Lab.Tests.Support;

/// <summary>A server on a real socket that does with each connection what a test says.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Socket, int, Task> _script;
    private int _requests;

    public ScriptedServer(Func<Socket, int, Task> script)
    {
        _script = script;
        _listener.Start(1024);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    /// <summary>How many requests were read.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Answers the n-th request of a connection with a text; null closes the connection instead.</summary>
    public static ScriptedServer Answering(Func<int, string?> answer) => new(async (socket, served) =>
    {
        if (answer(served) is { } text)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(text));
        }
        else
        {
            socket.Close();
        }
    });

    /// <summary>Answers every request with the same; null for silence.</summary>
    public static ScriptedServer Always(string? answer, bool closes = false) => new(async (socket, _) =>
    {
        if (answer is not null)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(answer));
        }

        if (closes)
        {
            socket.Close();
        }
    });

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
        var room = new byte[16 * 1024];
        try
        {
            for (var served = 0; await socket.ReceiveAsync(room) > 0; served++)
            {
                Interlocked.Increment(ref _requests);
                await _script(socket, served);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The generator or the script has closed it.
        }
    }
}
