using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Services.Chat;

/// <summary>What was decided about a room, as it is kept. Immutable: a change makes another.</summary>
internal sealed record RoomConfig
{
    public const int LongestName = 64;
    public const int LongestTopic = 200;

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

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter<ChatRole>(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Whether a text can be the name of a room: of a stream, and of one segment of a path.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0
        && name[0] is not ('-' or '_');

    /// <summary>Whether the page of a room of that name would be another route.</summary>
    public static bool IsRoute(string name) => name is "hooks" or "rooms" or "status" or "ws";

    public static bool IsTopic(string topic) =>
        topic.Length <= LongestTopic && MessageText.IsWellFormed(topic) && !topic.Any(char.IsControl);

    public RoomConfig WithRole(string id, ChatRole role) => this with
    {
        Roles = Roles.Where(r => r.Key != id).Concat(role is ChatRole.Guest ? [] : [KeyValuePair.Create(id, role)])
            .ToDictionary(),
    };

    public RoomConfig WithMute(string id, DateTimeOffset? until, DateTimeOffset now) =>
        this with { Mutes = With(Mutes, id, until, now) };

    public RoomConfig WithBan(string who, DateTimeOffset? until, DateTimeOffset now) =>
        this with { Bans = With(Bans, who, until, now) };

    private static Dictionary<string, DateTimeOffset> With(
        IReadOnlyDictionary<string, DateTimeOffset> present, string who, DateTimeOffset? until, DateTimeOffset now)
    {
        var changed = present.Where(p => p.Key != who && p.Value > now).ToDictionary();
        if (until is { } end)
        {
            changed[who] = end;
        }

        return changed;
    }
}
