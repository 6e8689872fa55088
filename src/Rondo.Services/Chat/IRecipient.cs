namespace Rondo.Services.Chat;

/// <summary>The forms in which the events of a room are sent.</summary>
internal enum FrameForm
{
    /// <summary>Events of <c>chat.v1</c>.</summary>
    Chat,

    /// <summary>The messages of the talks' <c>/chatsocket</c>.</summary>
    Seed,
}

/// <summary>One connection that a room writes to. Called on the room's loop; nothing waits.</summary>
internal interface IRecipient
{
    FrameForm Form { get; }

    bool IsClosing { get; }

    /// <summary>Sends frames that are ready for the wire, the same bytes for all who share a form.</summary>
    void Send(ReadOnlyMemory<byte> frames, int count = 1);

    /// <summary>Ends when it has taken most of what it was sent.</summary>
    Task CaughtUpAsync();

    void Close(int code, string reason);

    /// <summary>A moderator has ended its stay in a room.</summary>
    void Expelled(string room, ChatRefusal reason);
}
