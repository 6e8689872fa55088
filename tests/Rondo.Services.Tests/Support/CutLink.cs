using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>A network between a client and a server on this machine that fails when the client has said something.</summary>
internal sealed class CutLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _target;
    private readonly Task _accepting;
    private byte[]? _last;
    private bool _isForGood;
    private volatile bool _isClosed;

    public CutLink(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>
    /// The next that says so is heard, but gets no answer: once the server has given one, the connection ends.
    /// </summary>
    public void CutAfter(string said, bool isForGood)
    {
        _isForGood = isForGood;
        Volatile.Write(ref _last, Encoding.ASCII.GetBytes(said));
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_ended.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var _ = client;
        using var server = new TcpClient();
        if (_isClosed)
        {
            return;
        }

        await server.ConnectAsync(IPAddress.Loopback, _target, _ended.Token);
        var isLast = false;
        try
        {
            await Task.WhenAny(
                CopyAsync(client, server, data => isLast |= Says(data)),
                CopyAsync(server, client, data => isLast));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Whoever still speaks is told by the end of the connection.
        }
    }

    private bool Says(ReadOnlySpan<byte> data)
    {
        if (Volatile.Read(ref _last) is not { } last || data.IndexOf(last) < 0)
        {
            return false;
        }

        _isClosed = _isForGood;
        Volatile.Write(ref _last, null);
        return true;
    }

    // What the client says is carried on in any case; the server's answer to its last word is not.
    private async Task CopyAsync(TcpClient from, TcpClient to, Look look)
    {
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _ended.Token) is > 0 and var count)
        {
            var isLast = look(buffer.AsSpan(0, count));
            if (isLast && to.Client.RemoteEndPoint is IPEndPoint end && end.Port != _target)
            {
                return;
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _ended.Token);
        }
    }

    private delegate bool Look(ReadOnlySpan<byte> data);
}
