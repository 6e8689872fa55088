using Rondo.Services.Hosting;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Noise.Http;

/// <summary>The WebSockets of devices, from the handshake to the end.</summary>
internal sealed class NoiseSockets
{
    private const int FramesAhead = 32;
    private const int GoingAway = 1001;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HelloTime = TimeSpan.FromSeconds(5);

    private readonly NoiseLoop _loop;
    private readonly NoiseMonitor _monitor;
    private readonly LiveOptions<NoiseOptions> _options;
    private readonly WebSocketLimits _limits = new() { MostMessageBytes = NoiseFrame.MostBytes };

    // The loop's.
    private readonly HashSet<WebSocketSession> _sessions = [];
    private bool _isStopping;
    private int _connections;

    public NoiseSockets(
        NoiseLoop loop, NoiseMonitor monitor, LiveOptions<NoiseOptions> options, IHostApplicationLifetime lifetime)
    {
        (_loop, _monitor, _options) = (loop, monitor, options);
        lifetime.ApplicationStopping.Register(() => loop.Post(Stop));
        loop.Post(Check);
    }

    /// <summary>WebSockets at present.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _connections) > _options.Current.Connections)
            {
                await new Problem(ProblemType.NotReady, "There are too many devices. Try again later.")
                    .WriteAsync(context);
            }
            else if (await WebSocketHandshake.AcceptAsync(
                context, DeviceConnection.Protocol, _options.Current.AllowedOrigins) is { } connection)
            {
                var session = new WebSocketSession(connection, _loop.Loop, _limits);
                var device = new DeviceConnection(
                    session, _monitor, NoiseRequests.Bearer(context), _loop.Loop.TimeProvider);
                if (!await RunAsync(session, device))
                {
                    context.Abort();
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task<bool> RunAsync(WebSocketSession session, DeviceConnection device)
    {
        _loop.Post(() => Begin(session, device));
        var unanswered = 0;
        var isInOrder = await session.RunAsync(async incoming =>
        {
            _loop.Post(device.Read(incoming));
            if (++unanswered >= FramesAhead)
            {
                // A sender who is faster than the loop waits for it.
                unanswered = 0;
                await _loop.AskAsync(() => true);
            }
        });
        await _loop.AskAsync(() =>
        {
            _sessions.Remove(session);
            session.End();
            device.Leave();
            return true;
        });
        return isInOrder;
    }

    private void Begin(WebSocketSession session, DeviceConnection device)
    {
        _sessions.Add(session);
        _loop.Loop.CallLater(HelloTime, () =>
        {
            if (!device.HasSaidHello)
            {
                device.GiveUp();
            }
        });
        if (_isStopping)
        {
            session.Close(GoingAway, "Rondo stops.");
        }
    }

    private void Stop()
    {
        _isStopping = true;
        foreach (var session in _sessions)
        {
            session.Close(GoingAway, "Rondo stops.");
        }
    }

    private void Check()
    {
        foreach (var session in _sessions)
        {
            session.Check();
        }

        _loop.Loop.CallLater(CheckInterval, Check);
    }
}
