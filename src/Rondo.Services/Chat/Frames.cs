using Rondo.Services.Streams;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Chat;

/// <summary>One event ready for the wire, made once for each form that is asked for.</summary>
internal sealed class Frames(StreamEvent shown, string room)
{
    private ReadOnlyMemory<byte>? _chat;
    private ReadOnlyMemory<byte>? _seed;

    public long Seq => shown.Seq;

    /// <summary>Empty when the form has no word for it.</summary>
    public ReadOnlyMemory<byte> In(FrameForm form) => form is FrameForm.Chat
        ? _chat ??= Make(shown, form, room)
        : _seed ??= Make(shown, form, room);

    public static ReadOnlyMemory<byte> Make(StreamEvent shown, FrameForm form, string room) =>
        form is FrameForm.Chat ? OutgoingFrame.Text(ChatJson.Event(room, shown))
        : shown.Type == ChatJson.Message ? OutgoingFrame.Text(SeedMessage.Json(room, shown))
        : default;
}
