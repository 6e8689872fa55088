using Rondo.Services.Streams;

namespace Rondo.Services.Chat.Page;

/// <summary>What a room's page shows to one reader.</summary>
internal sealed record ChatView
{
    public required RoomConfig Room { get; init; }

    /// <summary>The lobby, this room, and those with most people in them: by name.</summary>
    public required IReadOnlyList<string> Rooms { get; init; }

    /// <summary>How many rooms there are besides.</summary>
    public required int OtherRooms { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<ShownMessage> Messages { get; init; }

    /// <summary>Where the room stood when the messages were read; what comes after it is new.</summary>
    public required StreamCursor Cursor { get; init; }

    /// <summary>Whether there may be older messages than those shown.</summary>
    public required bool HasEarlier { get; init; }

    /// <summary>Whether the messages end with the newest.</summary>
    public required bool IsNewest { get; init; }

    public required Person Reader { get; init; }

    /// <summary>The name that the reader has chosen; null for who has none or cannot choose.</summary>
    public string? ChosenName { get; init; }

    /// <summary>How long a message can be edited by who wrote it.</summary>
    public required TimeSpan EditTime { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Seconds after which a browser without scripts loads the page again; null for never.</summary>
    public int? Refresh { get; init; }

    /// <summary>What the reader wanted to say and could not.</summary>
    public string Draft { get; init; } = "";

    /// <summary>Why not.</summary>
    public string? Refusal { get; init; }
}
