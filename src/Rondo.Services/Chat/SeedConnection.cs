using System.Text.Json;
using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>
/// The talks' <c>/chatsocket</c>: texts in, messages with HTML out, always in the lobby. Lives on the chat's loop.
/// </summary>
internal sealed class SeedConnection(WebSocketSession session, Caller caller, RoomDirectory rooms, TimeProvider time)
    : IConversation
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly Strikes _strikes = new(time);
    private RoomMember? _member;
    private Task _entry = Task.CompletedTask;

    public FrameForm Form => FrameForm.Seed;

    public bool IsClosing => session.IsClosing;

    public void Send(ReadOnlyMemory<byte> frames, int count = 1) => session.Send(frames, count);

    public Task CaughtUpAsync() => session.CaughtUpAsync();

    public void Close(int code, string reason) => session.Close(code, reason);

    public void Expelled(string room, ChatRefusal reason) => Close(CloseCode.Banned, reason.Detail);

    public Task BeginAsync()
    {
        _member = new RoomMember(this, caller);
        return _entry = InLobbyAsync(async room =>
        {
            if (await room.JoinAsync(_member, null) is { } refusal)
            {
                Close(CloseCode.Banned, refusal.Detail);
            }

            return null;
        });
    }

    public Func<Task> Read(Incoming incoming)
    {
        var (text, mistake) = incoming.Kind is IncomingKind.Text ? BodyOf(incoming.Data) : (null, "A frame is text.");
        return async () =>
        {
            await _entry;
            await InLobbyAsync(async room => text is null
                ? new ChatRefusal(ChatProblems.BadFrame, mistake!)
                : (await room.SendAsync(caller, text, null)).Refusal);
        };
    }

    public Task EndAsync() => InLobbyAsync(room =>
    {
        room.Leave(_member!);
        return Task.FromResult<ChatRefusal?>(null);
    });

    private static (string? Text, string? Mistake) BodyOf(ReadOnlyMemory<byte> frame)
    {
        const string shape = """A frame is JSON such as {"body":"hello"}.""";
        try
        {
            using var document = JsonDocument.Parse(frame, Strict);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("body", out var body)
                && body.ValueKind is JsonValueKind.String
                ? (body.GetString(), null)
                : (null, shape);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, shape);
        }
    }

    private async Task InLobbyAsync(Func<Room, Task<ChatRefusal?>> act)
    {
        try
        {
            var refusal = await act((await rooms.FindAsync(RoomDirectory.Lobby))!);
            if (refusal is not null)
            {
                Send(OutgoingFrame.Text(ChatJson.Error(refusal, null, null)));
                if (_strikes.Count(refusal.Type) is { } code)
                {
                    Close(code, refusal.Detail);
                }
            }
        }
        catch (EventStoreException)
        {
            Close(CloseCode.OurFault, "The event store has failed.");
        }
    }
}
