using Rondo.Services.Auth;
using Rondo.Services.Hosting;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat.Http;

/// <summary>The WebSockets of the chat, from the handshake to the end.</summary>
internal sealed class ChatSockets
{
    private const int FramesAhead = 32;

    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly ChatLoop _loop;
    private readonly LiveOptions<ChatOptions> _options;
    private readonly CallerOf _callerOf;
    private readonly IKeyChecker _keys;
    private readonly ILogger _logger;
    private readonly WebSocketLimits _limits = new() { TooSlow = CloseCode.TooSlow };
    private readonly Func<WebSocketSession, Caller, SocketKey, IConversation> _chat;
    private readonly Func<WebSocketSession, Caller, SocketKey, IConversation> _seed;

    // The loop's.
    private readonly HashSet<WebSocketSession> _sessions = [];
    private bool _isStopping;
    private int _connections;

    public ChatSockets(
        ChatLoop loop,
        RoomDirectory rooms,
        LiveOptions<ChatOptions> options,
        CallerOf callerOf,
        IKeyChecker keys,
        ILogger<ChatSockets> logger,
        IHostApplicationLifetime lifetime)
    {
        (_loop, _options, _callerOf, _keys, _logger) = (loop, options, callerOf, keys, logger);
        var current = ChatOptions () => options.Current;
        _chat = (session, caller, key) =>
            new ChatConnection(session, caller, rooms, key, current, loop.Loop.TimeProvider);
        _seed = (session, caller, _) => new SeedConnection(session, caller, rooms, loop.Loop.TimeProvider);
        lifetime.ApplicationStopping.Register(() => loop.Post(Stop));
        loop.Post(Check);
    }

    /// <summary>WebSockets at present.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Serves <c>chat.v1</c>.</summary>
    public Task ServeAsync(HttpContext context) => ServeAsync(context, "chat.v1", _chat);

    /// <summary>Serves the talks' chat.</summary>
    public Task ServeSeedAsync(HttpContext context) => ServeAsync(context, null, _seed);

    private async Task ServeAsync(
        HttpContext context, string? protocol, Func<WebSocketSession, Caller, SocketKey, IConversation> converse)
    {
        var isRoom = Interlocked.Increment(ref _connections) <= _options.Current.Connections;
        var isOver = true;
        try
        {
            var (caller, problem) = isRoom ? await _callerOf.GuestAsync(context) : (null, Full());
            if (problem is not null)
            {
                await problem.WriteAsync(context);
            }
            else if (await WebSocketHandshake.AcceptAsync(context, protocol, _options.Current.AllowedOrigins)
                is { } connection)
            {
                var session = new WebSocketSession(connection, _loop.Loop, _limits);
                var key = new SocketKey(_keys, _loop, session, context);
                var conversation = converse(session, caller!, key);
                isOver = false;
                await WebSocketHandshake.ContinueAsync(context, () => ConverseAsync(session, conversation, key));
            }
        }
        finally
        {
            if (isOver)
            {
                Interlocked.Decrement(ref _connections);
            }
        }
    }

    private async Task<bool> ConverseAsync(WebSocketSession session, IConversation conversation, SocketKey key)
    {
        try
        {
            using (key)
            {
                return await RunAsync(session, conversation);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task<bool> RunAsync(WebSocketSession session, IConversation conversation)
    {
        _loop.Post(() => Begin(session, conversation));
        var unanswered = 0;
        var isInOrder = await session.RunAsync(async incoming =>
        {
            var work = conversation.Read(incoming);
            _loop.Post(() => _ = CarryAsync(work, session));
            if (++unanswered >= FramesAhead)
            {
                // A sender who is faster than the loop waits for it.
                unanswered = 0;
                await _loop.AskAsync(() => true);
            }
        });
        await _loop.AskAsync(async () =>
        {
            _sessions.Remove(session);
            session.End();
            await conversation.EndAsync();
            return true;
        });
        return isInOrder;
    }

    // A fault of ours must not look like silence.
    private async Task CarryAsync(Func<Task> work, WebSocketSession session)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            ChatLog.CallbackFailed(_logger, error, "a frame");
            session.Close(CloseCode.OurFault, "This failed; the log says why.");
        }
    }

    private static Problem Full() =>
        new(ChatProblems.TooManyConnections, "There are too many connections. Try again later.");

    private void Begin(WebSocketSession session, IConversation conversation)
    {
        _sessions.Add(session);
        _ = conversation.BeginAsync();
        if (_isStopping)
        {
            session.Close(CloseCode.GoingAway, "Rondo stops.");
        }
    }

    private void Stop()
    {
        _isStopping = true;
        foreach (var session in _sessions)
        {
            session.Close(CloseCode.GoingAway, "Rondo stops.");
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
