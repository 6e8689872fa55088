using Rondo.Services.Hosting;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Noise.Http;

/// <summary>
/// The WebSockets of the talks' page. What one sends, all of them get, and it is the level of a room of its name,
/// marked as what it is; the real rooms they get once a second. There is no server behind this one that could be
/// missing.
/// </summary>
internal sealed class LegacySockets
{
    private const int MostSockets = 200;
    private const int MostRooms = 30;
    private const int FramesAhead = 32;
    private const int FramesPerSecond = 40;
    private const int PolicyViolated = 1008;
    private const int GoingAway = 1001;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private readonly NoiseLoop _loop;
    private readonly NoiseMonitor _monitor;
    private readonly NoiseBook _book;
    private readonly WebSocketLimits _limits = new() { MostMessageBytes = LegacyFrame.MostBytes };

    // The loop's.
    private readonly Dictionary<WebSocketSession, TokenBucket> _sessions = [];
    private readonly Dictionary<string, NoiseRoom> _rooms = [];
    private int _sockets;
    private int _ticks;
    private bool _isTicking;

    public LegacySockets(
        NoiseLoop loop, NoiseMonitor monitor, NoiseBook book, IHostApplicationLifetime lifetime)
    {
        (_loop, _monitor, _book) = (loop, monitor, book);
        lifetime.ApplicationStopping.Register(() => loop.Post(Stop));
    }

    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _sockets) > MostSockets)
            {
                await new Problem(ProblemType.NotReady, "There are too many pages. Try again later.")
                    .WriteAsync(context);
            }
            else if (await WebSocketHandshake.AcceptAsync(context, protocol: null, []) is { } connection)
            {
                var session = new WebSocketSession(connection, _loop.Loop, _limits);
                if (!await RunAsync(session))
                {
                    context.Abort();
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _sockets);
        }
    }

    private async Task<bool> RunAsync(WebSocketSession session)
    {
        _loop.Post(() => Begin(session));
        var unanswered = 0;
        var isInOrder = await session.RunAsync(async incoming =>
        {
            var frame = LegacyFrame.Parse(incoming.Data);
            _loop.Post(() => Take(session, frame));
            if (++unanswered >= FramesAhead)
            {
                unanswered = 0;
                await _loop.AskAsync(() => true);
            }
        });
        await _loop.AskAsync(() =>
        {
            _sessions.Remove(session);
            session.End();
            return true;
        });
        return isInOrder;
    }

    private void Begin(WebSocketSession session)
    {
        _sessions.Add(session, new TokenBucket(_loop.Loop.TimeProvider));
        if (!_isTicking)
        {
            Tick();
        }
    }

    private void Take(WebSocketSession session, LegacyFrame? frame)
    {
        if (session.IsClosing || !_sessions.TryGetValue(session, out var bucket))
        {
            return;
        }

        if (frame is null)
        {
            session.Close(PolicyViolated, """A frame is {"value":0 to 255,"name":"a name"}.""");
        }
        else if (bucket.TryTake(FramesPerSecond, FramesPerSecond * 2) is not null)
        {
            session.Close(PolicyViolated, $"At most {FramesPerSecond} frames a second.");
        }
        else
        {
            Remember(frame);
            Tell(frame);
        }
    }

    private void Remember(LegacyFrame frame)
    {
        var id = frame.RoomId();
        if (!_rooms.TryGetValue(id, out var room))
        {
            var config = NoiseRoomConfig.Of(id, NoiseKind.Find("other")!) with { Name = frame.Name };
            if (_rooms.Count >= MostRooms || _monitor.AddUnkept(config) is not { } made)
            {
                return;
            }

            _rooms.Add(id, room = made);
        }

        room.Legacy = (frame.Value, _loop.Loop.TimeProvider.GetUtcNow());
    }

    private void Tell(LegacyFrame frame)
    {
        var bytes = OutgoingFrame.Text(frame.ToJson());
        foreach (var session in _sessions.Keys)
        {
            session.Send(bytes);
        }
    }

    private void Tick()
    {
        _isTicking = _sessions.Count + _rooms.Count > 0;
        if (_isTicking)
        {
            _loop.Loop.CallLater(Second, Tick);
        }

        var now = _loop.Loop.TimeProvider.GetUtcNow();
        foreach (var (id, room) in _rooms.Where(r => now - r.Value.Legacy!.Value.At > Forgotten).ToList())
        {
            _rooms.Remove(id);
            _monitor.RemoveUnkept(room);
        }

        if (_sessions.Count == 0)
        {
            return;
        }

        foreach (var room in _book.Current.Rooms.Where(r => r.LAeq is not null))
        {
            Tell(new LegacyFrame(Math.Max(0, Math.Round(room.LAeq!.Value)), room.Name));
        }

        if (++_ticks % 5 == 0)
        {
            foreach (var session in _sessions.Keys)
            {
                session.Check();
            }
        }
    }

    private void Stop()
    {
        foreach (var session in _sessions.Keys)
        {
            session.Close(GoingAway, "Rondo stops.");
        }
    }
}
