using Rondo.Services.Hosting;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat.Http;

/// <summary>The WebSockets of the chat, from the handshake to the end.</summary>
internal sealed class ChatSockets
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly ChatLoop _loop;
    private readonly RoomDirectory _rooms;
    private readonly LiveOptions<ChatOptions> _options;
    private readonly CallerOf _callerOf;
    private readonly WebSocketLimits _limits = new() { TooSlow = 4408 };

    // The loop's.
    private readonly HashSet<WebSocketSession> _sessions = [];
    private bool _isStopping;

    public ChatSockets(
        ChatLoop loop,
        RoomDirectory rooms,
        LiveOptions<ChatOptions> options,
        CallerOf callerOf,
        IHostApplicationLifetime lifetime)
    {
        (_loop, _rooms, _options, _callerOf) = (loop, rooms, options, callerOf);
        lifetime.ApplicationStopping.Register(() => loop.Post(Stop));
        loop.Post(Check);
    }

    /// <summary>Serves <c>chat.v1</c>.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (caller, problem) = _callerOf.Socket(context);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (await WebSocketHandshake.AcceptAsync(context, "chat.v1", _options.Current.AllowedOrigins) is not { } stream)
        {
            return;
        }

        using var session = new WebSocketSession(stream, _loop.Loop, _limits);
        var connection = new ChatConnection(session, caller!, _rooms);
        _loop.Post(() => Begin(session));
        await session.RunAsync(incoming => ReceiveAsync(connection, incoming));
        await _loop.AskAsync(async () =>
        {
            _sessions.Remove(session);
            session.End();
            await connection.LeaveAllAsync();
            return true;
        });
        context.Abort();
    }

    private ValueTask ReceiveAsync(ChatConnection connection, Incoming incoming)
    {
        var (frame, mistake) = incoming.Kind is IncomingKind.Text
            ? ClientFrame.Parse(incoming.Data)
            : (null, "A frame is text, not binary.");
        if (frame is null)
        {
            _loop.Post(() => connection.Refuse(new ChatRefusal(ChatProblems.BadFrame, mistake!)));
        }
        else
        {
            _loop.Post(() => _ = connection.HandleAsync(frame));
        }

        return ValueTask.CompletedTask;
    }

    private void Begin(WebSocketSession session)
    {
        _sessions.Add(session);
        if (_isStopping)
        {
            session.Close(1001, "Rondo stops.");
        }
    }

    private void Stop()
    {
        _isStopping = true;
        foreach (var session in _sessions)
        {
            session.Close(1001, "Rondo stops.");
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
