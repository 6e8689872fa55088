using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>One frame of a client on <c>chat.v1</c>.</summary>
internal sealed record ClientFrame
{
    private const int MostDepth = 8;

    private static readonly JsonDocumentOptions Strict =
        new() { MaxDepth = MostDepth, AllowDuplicateProperties = false };

    /// <summary>What can be asked for in a room one is in.</summary>
    public static IReadOnlyList<string> Types { get; } =
        ["send", "edit", "delete", "react", "unreact", "typing", "name", "bye"];

    public required string Type { get; init; }

    public string Room { get; init; } = RoomDirectory.Lobby;

    public string? ClientId { get; init; }

    public string? Text { get; init; }

    public string? Reaction { get; init; }

    public string? Name { get; init; }

    public string? Key { get; init; }

    public StreamCursor? After { get; init; }

    public long? Seq { get; init; }

    /// <summary>The frame, or what is wrong with it.</summary>
    public static (ClientFrame? Frame, string? Mistake) Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object)
            {
                return (null, "A frame is a JSON object.");
            }

            return ChatJson.TextMember(root, "type") is { } type
                ? Read(root, type)
                : (null, "A frame has a 'type'.");
        }
        catch (JsonException)
        {
            return (null, $"A frame is JSON, at most {MostDepth} deep, with each member once.");
        }
        catch (FormatException error)
        {
            return (null, error.Message);
        }
    }

    private static (ClientFrame? Frame, string? Mistake) Read(JsonElement root, string type) => (
        new ClientFrame
        {
            Type = type,
            Room = ChatJson.TextMember(root, "room") ?? RoomDirectory.Lobby,
            ClientId = ClientIdOf(root),
            Text = ChatJson.TextMember(root, "text"),
            Reaction = ChatJson.TextMember(root, "reaction"),
            Name = ChatJson.TextMember(root, "name"),
            Key = ChatJson.TextMember(root, "key"),
            After = AfterOf(root),
            Seq = SeqOf(root),
        },
        null);

    private static string? ClientIdOf(JsonElement root) => ChatJson.TextMember(root, "client_id") switch
    {
        { Length: 0 or > StreamLimits.LongestKey } =>
            throw new FormatException($"'client_id' has 1 to {StreamLimits.LongestKey} characters."),
        var id => id,
    };

    private static StreamCursor? AfterOf(JsonElement root)
    {
        if (!root.TryGetProperty("after", out var value))
        {
            return null;
        }

        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && StreamCursor.TryParse(text, out var cursor)
            ? cursor
            : throw new FormatException("'after' is a cursor that this room has given, or a number.");
    }

    private static long? SeqOf(JsonElement root) => !root.TryGetProperty("seq", out var value) ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var seq) && seq > 0 ? seq
        : throw new FormatException("'seq' is the number of a message.");
}
