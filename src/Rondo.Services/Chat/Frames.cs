using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>
/// Something for all in a room, ready for the wire: an event, made once for each form that is asked for, or a notice,
/// which is not kept and has a word in <c>chat.v1</c> alone.
/// </summary>
internal sealed class Frames
{
    private readonly StreamEvent? _shown;
    private readonly string _room = "";
    private ReadOnlyMemory<byte>? _chat;
    private ReadOnlyMemory<byte>? _seed;

    public Frames(StreamEvent shown, string room) => (_shown, _room) = (shown, room);

    public Frames(ReadOnlyMemory<byte> notice) => (_chat, _seed) = (notice, default(ReadOnlyMemory<byte>));

    /// <summary>The number of the event; null of a notice.</summary>
    public long? Seq => _shown?.Seq;

    /// <summary>Empty when the form has no word for it.</summary>
    public ReadOnlyMemory<byte> In(FrameForm form) => form is FrameForm.Chat
        ? _chat ??= Make(_shown!, form, _room)
        : _seed ??= Make(_shown!, form, _room);

    public static ReadOnlyMemory<byte> Make(StreamEvent shown, FrameForm form, string room) =>
        form is FrameForm.Chat ? OutgoingFrame.Text(ChatJson.Event(room, shown))
        : shown.Type == ChatJson.Message ? OutgoingFrame.Text(SeedMessage.Json(room, shown))
        : default;
}
