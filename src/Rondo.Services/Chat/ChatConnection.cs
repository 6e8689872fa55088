using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>One WebSocket that speaks <c>chat.v1</c>: what it sends, what it is in. Lives on the chat's loop.</summary>
internal sealed class ChatConnection(WebSocketSession session, Caller caller, RoomDirectory rooms) : IRecipient
{
    private readonly Dictionary<string, Member> _joined = [];

    public FrameForm Form => FrameForm.Chat;

    public bool IsClosing => session.IsClosing;

    public void Send(ReadOnlyMemory<byte> frame) => session.Send(frame);

    public Task CaughtUpAsync() => session.CaughtUpAsync();

    public void Close(int code, string reason) => session.Close(code, reason);

    public async Task HandleAsync(ClientFrame frame)
    {
        switch (frame.Type)
        {
            case "hello":
                await HelloAsync(frame);
                break;
            case "send":
                await SendAsync(frame);
                break;
            case "ping":
                Send(OutgoingFrame.Text("""{"type":"pong"}"""));
                break;
            default:
                Refuse(new ChatRefusal(ChatProblems.BadFrame, $"There is no frame '{frame.Type}'."), frame);
                break;
        }
    }

    public void Refuse(ChatRefusal refusal, ClientFrame? frame = null) =>
        Send(OutgoingFrame.Text(ChatJson.Error(refusal, frame?.Room, frame?.ClientId)));

    /// <summary>The connection has ended.</summary>
    public async Task LeaveAllAsync()
    {
        foreach (var (name, member) in _joined)
        {
            member.HasLeft = true;
            (await rooms.FindAsync(name))?.Leave(member);
        }

        _joined.Clear();
    }

    private async Task HelloAsync(ClientFrame frame)
    {
        if (await rooms.FindAsync(frame.Room) is not { } room)
        {
            Refuse(RoomDirectory.NoRoom(frame.Room), frame);
            return;
        }

        if (_joined.Remove(frame.Room, out var before))
        {
            room.Leave(before);
        }

        var member = new Member(this, room.PersonOf(caller with { Name = frame.Name ?? caller.Name }));
        _joined[frame.Room] = member;
        if (await room.JoinAsync(member, frame.After) is { } refusal)
        {
            Refuse(refusal, frame);
        }
    }

    private async Task SendAsync(ClientFrame frame)
    {
        if (!_joined.TryGetValue(frame.Room, out var member) || await rooms.FindAsync(frame.Room) is not { } room)
        {
            Refuse(new ChatRefusal(ChatProblems.NotJoined, $"Say hello in '{frame.Room}' first."), frame);
            return;
        }

        if (frame.Text is null)
        {
            Refuse(new ChatRefusal(ChatProblems.BadFrame, "'send' has a 'text'."), frame);
            return;
        }

        var outcome = await room.SendAsync(caller with { Name = member.Person.Name }, frame.Text, frame.ClientId);
        if (outcome.Refusal is { } refusal)
        {
            Refuse(refusal, frame);
        }
        else
        {
            Send(OutgoingFrame.Text(ChatJson.Stored("ack", frame.Room, frame.ClientId, outcome.Stored)));
        }
    }
}
