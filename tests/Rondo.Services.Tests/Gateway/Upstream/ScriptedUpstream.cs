using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>An upstream that does to each connection, byte for byte, what a test says.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly Func<ScriptedPeer, Task> _script;
    private readonly Task _accepting;
    private int _accepted;

    private ScriptedUpstream(Func<ScriptedPeer, Task> script)
    {
        _script = script;
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>A script that gets a connection each; when it returns, the connection is closed.</summary>
    public static ScriptedUpstream Start(Func<ScriptedPeer, Task> script) => new(script);

    /// <summary>Answers every request of every connection with the same bytes.</summary>
    public static ScriptedUpstream Answering(string answer) => new(async peer =>
    {
        while (await peer.ReadHeadAsync() is not null)
        {
            await peer.WriteAsync(answer);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations);
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_over.Token);
                _conversations.Add(ConverseAsync(socket, Interlocked.Increment(ref _accepted)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException
            or InvalidOperationException)
        {
        }
    }

    private async Task ConverseAsync(Socket socket, int number)
    {
        using var peer = new ScriptedPeer(socket, number, _over.Token);
        try
        {
            await _script(peer);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException
            or ObjectDisposedException)
        {
            // The gateway has hung up, or the test is over.
        }
    }
}
