using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// Clients beside the load: those that stay connected and ask nothing, and those that take their time to ask.
/// </summary>
internal sealed class Companions : IAsyncDisposable
{
    private const int AtOnce = 64;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _end = new();
    private Task _talking = Task.CompletedTask;

    /// <summary>Connects them.</summary>
    /// <param name="variant">Says how many.</param>
    /// <param name="target">Whom they ask.</param>
    /// <param name="connections">Of the cell.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ExperimentException">The server does not take them.</exception>
    public static async Task<Companions> StartAsync(
        Variant variant, TargetUrl target, int connections, CancellationToken stop)
    {
        var companions = new Companions();
        try
        {
            var address = new IPEndPoint(target.Address, target.Port);
            if (variant.HoldsIdle)
            {
                // One request each, so that the server has taken them and knows that they stay.
                await companions.ConnectAsync(address, connections, stop);
                var request = Encoding.ASCII.GetBytes($"GET /ping HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
                foreach (var some in companions._sockets.Chunk(AtOnce))
                {
                    await Task.WhenAll(some.Select(s => AskAsync(s, request, stop)));
                }
            }

            if (variant.SlowClients > 0)
            {
                await companions.ConnectAsync(address, variant.SlowClients, stop);
                companions._talking = companions.TalkAsync(target.Authority);
            }

            return companions;
        }
        catch (SocketException e)
        {
            await companions.DisposeAsync();
            throw new ExperimentException($"{variant.Label} does not take its clients: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _talking;
        _sockets.ForEach(s => s.Dispose());
        _end.Dispose();
    }

    private static async Task AskAsync(Socket socket, byte[] request, CancellationToken stop)
    {
        await socket.SendAsync(request, SocketFlags.None, stop);
        await socket.ReceiveAsync(new byte[1024], SocketFlags.None, stop);
    }

    private async Task ConnectAsync(IPEndPoint address, int count, CancellationToken stop)
    {
        for (var done = 0; done < count; done += AtOnce)
        {
            var some = Enumerable.Range(0, Math.Min(AtOnce, count - done))
                .Select(_ => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)).ToList();
            _sockets.AddRange(some);
            await Task.WhenAll(some.Select(s => s.ConnectAsync(address, stop).AsTask()));
        }
    }

    // A head that does not end soon.
    private async Task TalkAsync(string authority)
    {
        var text = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {authority}\r\nX-Slow: {new string('z', 7000)}");
        try
        {
            for (var at = 0; at < text.Length; at++)
            {
                foreach (var socket in _sockets)
                {
                    await socket.SendAsync(text.AsMemory(at, 1), SocketFlags.None, _end.Token);
                }

                await Task.Delay(s_pause, TimeProvider.System, _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The cell is over, or the server has had enough.
        }
    }
}
