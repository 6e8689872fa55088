using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>One WebSocket that speaks <c>chat.v1</c>: what it sends, what it is in. Lives on the chat's loop.</summary>
internal sealed class ChatConnection(
    WebSocketSession session,
    Caller caller,
    RoomDirectory rooms,
    SocketKey key,
    Func<ChatOptions> options,
    TimeProvider time)
    : IConversation
{
    private readonly Dictionary<string, RoomMember> _joined = [];
    private readonly Strikes _strikes = new(time);
    private Task<ChatRefusal?> _entry = Task.FromResult<ChatRefusal?>(null);
    private bool _hasEnded;

    public FrameForm Form => FrameForm.Chat;

    public bool IsClosing => session.IsClosing;

    public void Send(ReadOnlyMemory<byte> frames, int count = 1) => session.Send(frames, count);

    public Task CaughtUpAsync() => session.CaughtUpAsync();

    public void Close(int code, string reason) => session.Close(code, reason);

    public void Expelled(string room, ChatRefusal reason)
    {
        _joined.Remove(room);
        Refuse(reason, room, null);
        if (_joined.Count == 0)
        {
            Close(CloseCode.Banned, reason.Detail);
        }
    }

    public Task BeginAsync() => Task.CompletedTask;

    public Func<Task> Read(Incoming incoming)
    {
        var (frame, mistake) = incoming.Kind is IncomingKind.Text
            ? ClientFrame.Parse(incoming.Data)
            : (null, "A frame is text, not binary.");
        return frame is not null
            ? () => HandleAsync(frame)
            : () =>
            {
                Refuse(Bad(mistake!), null, null);
                return Task.CompletedTask;
            };
    }

    /// <summary>The connection has ended.</summary>
    public async Task EndAsync()
    {
        _hasEnded = true;
        foreach (var (name, member) in _joined.ToList())
        {
            await LeaveAsync(name, member);
        }

        _joined.Clear();
    }

    private async Task HandleAsync(ClientFrame frame)
    {
        try
        {
            var refusal = frame.Type == "hello" ? await (_entry = EnterAsync(_entry, frame)) : await DoAsync(frame);
            if (refusal is not null)
            {
                Refuse(refusal, frame.Room, frame.ClientId);
            }
        }
        catch (EventStoreException error)
        {
            Refuse(ChatProblems.Describe(error), frame.Room, frame.ClientId);
        }
    }

    // Who goes on like that is closed.
    private void Refuse(ChatRefusal refusal, string? room, string? clientId)
    {
        Send(OutgoingFrame.Text(ChatJson.Error(refusal, room, clientId)));
        if (_strikes.Count(refusal.Type) is { } code)
        {
            Close(code, refusal.Detail);
        }
    }

    private async Task<ChatRefusal?> DoAsync(ClientFrame frame)
    {
        if (frame.Type == "ping")
        {
            Send(OutgoingFrame.Text("""{"type":"pong"}"""));
            return null;
        }

        await _entry;
        if (!ClientFrame.Types.Contains(frame.Type))
        {
            return Bad($"There is no frame '{Shorten(frame.Type)}'.");
        }

        if (!_joined.TryGetValue(frame.Room, out var member) || await rooms.FindAsync(frame.Room) is not { } room)
        {
            return new ChatRefusal(ChatProblems.NotJoined, "Say hello in this room first.");
        }

        return frame.Type switch
        {
            "bye" => await ByeAsync(frame.Room, member),
            "typing" => room.Type(member.Speaker),
            "name" => frame.Name is { } name ? room.Rename(member, name) : Bad("'name' has a 'name'."),
            "delete" => frame.Seq is { } seq
                ? Ack(frame, await room.DeleteAsync(member.Speaker, seq, frame.ClientId))
                : Bad("'delete' has the 'seq' of a message."),
            "edit" => frame is { Seq: { } seq, Text: { } text }
                ? Ack(frame, await room.EditAsync(member.Speaker, seq, text, frame.ClientId))
                : Bad("'edit' has the 'seq' of a message and a 'text'."),
            "react" or "unreact" => frame is { Seq: { } seq, Reaction: { } reaction }
                ? Ack(frame, await room.ReactAsync(
                    member.Speaker, seq, reaction, frame.ClientId, isPut: frame.Type == "react"))
                : Bad($"'{frame.Type}' has the 'seq' of a message and a 'reaction'."),
            _ => frame.Text is { } said
                ? Ack(frame, await room.SendAsync(member.Speaker, said, frame.ClientId))
                : Bad("'send' has a 'text'."),
        };
    }

    // What follows a hello on the wire finds it done.
    private async Task<ChatRefusal?> EnterAsync(Task before, ClientFrame frame)
    {
        await before;
        try
        {
            return await HelloAsync(frame);
        }
        catch (EventStoreException error)
        {
            return ChatProblems.Describe(error);
        }
    }

    private async Task<ChatRefusal?> HelloAsync(ClientFrame frame)
    {
        if (frame.Key is { } shown && await key.ShowAsync(shown) is { } unknown)
        {
            return unknown;
        }

        if (!_joined.ContainsKey(frame.Room) && _joined.Count >= options().RoomsPerConnection)
        {
            return new ChatRefusal(ChatProblems.TooMany, $"A connection is in at most {_joined.Count} rooms.");
        }

        if (await rooms.FindAsync(frame.Room) is not { } room)
        {
            return RoomDirectory.NoRoom(Shorten(frame.Room));
        }

        if (_joined.Remove(frame.Room, out var before))
        {
            room.Leave(before);
        }

        if (_hasEnded)
        {
            return null;
        }

        var who = key.Key is { } shownBefore ? Caller.Of(shownBefore, caller.Address, frame.Room) : caller;
        var member = new RoomMember(this, frame.Name is { } name ? who with { Name = name } : who);
        _joined[frame.Room] = member;
        var refusal = await room.JoinAsync(member, frame.After);
        if (refusal is not null && _joined.GetValueOrDefault(frame.Room) == member)
        {
            _joined.Remove(frame.Room);
        }

        return refusal;
    }

    private async Task<ChatRefusal?> ByeAsync(string name, RoomMember member)
    {
        _joined.Remove(name);
        await LeaveAsync(name, member);
        return null;
    }

    private async Task LeaveAsync(string name, RoomMember member)
    {
        member.HasLeft = true;
        if (await rooms.FindAsync(name) is { } room)
        {
            room.Leave(member);
        }
    }

    private ChatRefusal? Ack(ClientFrame frame, ChatOutcome outcome)
    {
        if (outcome.Refusal is null)
        {
            Send(OutgoingFrame.Text(ChatJson.Stored("ack", frame.Room, frame.ClientId, outcome.Stored)));
        }

        return outcome.Refusal;
    }

    private static ChatRefusal Bad(string detail) => new(ChatProblems.BadFrame, detail);

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
