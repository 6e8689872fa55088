using System.Buffers;

namespace Rondo.Services.Chat;

/// <summary>What was decided about a room, as it is kept. Immutable: a change makes another.</summary>
internal sealed record RoomConfig
{
    public const int LongestName = 64;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    public required string Name { get; init; }

    public string Topic { get; init; } = "";

    /// <summary>Only moderators post.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The pause that each person must make between messages.</summary>
    public TimeSpan SlowMode { get; init; }

    /// <summary>Roles in this room by person.</summary>
    public IReadOnlyDictionary<string, ChatRole> Roles { get; init; } = new Dictionary<string, ChatRole>();

    /// <summary>Who may not post, and until when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Mutes { get; init; } =
        new Dictionary<string, DateTimeOffset>();

    /// <summary>Who may not enter, and until when: ids of persons, and addresses.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Bans { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Whether a text can be the name of a room: what a stream's name can be, and one path segment.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0
        && name[0] is not ('-' or '_');
}
