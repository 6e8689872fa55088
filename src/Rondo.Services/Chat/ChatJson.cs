using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>What the chat sends, as JSON: the same objects on sockets, in server-sent events and in pages.</summary>
internal static class ChatJson
{
    public const string Message = "message";
    public const string Edit = "edit";
    public const string Delete = "delete";
    public const string Purge = "purge";
    public const string React = "react";
    public const string Unreact = "unreact";
    public const string Moderation = "moderation";
    public const string Settings = "room";

    /// <summary>An event of a room: its own members first, then its data's.</summary>
    public static byte[] Event(string room, StreamEvent shown) => Object(json =>
    {
        json.WriteString("type", shown.Type);
        json.WriteString("room", room);
        json.WriteNumber("seq", shown.Seq);
        json.WriteString("at", StreamJson.Text(shown.At));
        json.WriteString("id", MessageId.Of(room, shown.Seq, shown.At));
        if (shown.Key is not null)
        {
            json.WriteString("client_id", shown.Key);
        }

        WriteMembers(json, shown.Data);
    });

    public static byte[] Stored(string type, string room, string? clientId, StoredEvent stored) => Object(json =>
    {
        json.WriteString("type", type);
        json.WriteString("room", room);
        if (clientId is not null)
        {
            json.WriteString("client_id", clientId);
        }

        json.WriteNumber("seq", stored.Seq);
        json.WriteString("id", MessageId.Of(room, stored.Seq, stored.At));
        json.WriteString("at", StreamJson.Text(stored.At));
    });

    public static byte[] Error(ChatRefusal refusal, string? room, string? clientId) => Object(json =>
    {
        json.WriteString("type", "error");
        json.WriteString("code", refusal.Type.Name);
        json.WriteString("detail", refusal.Detail);
        if (room is not null)
        {
            json.WriteString("room", room);
        }

        if (clientId is not null)
        {
            json.WriteString("client_id", clientId);
        }

        if (refusal.RetryAfter is { } wait)
        {
            json.WriteNumber("retry_after_ms", (long)Math.Ceiling(wait.TotalMilliseconds));
        }
    });

    /// <summary>Tells where a room stands: <c>live</c>, <c>reset</c>.</summary>
    public static byte[] Place(string type, string room, StreamHead head, long seq) => Object(json =>
    {
        json.WriteString("type", type);
        json.WriteString("room", room);
        WritePlace(json, head, seq);
    });

    /// <summary>A member that is a text; null when there is none.</summary>
    /// <exception cref="FormatException">It is something else, or no valid text.</exception>
    public static string? TextMember(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value))
        {
            return null;
        }

        try
        {
            return value.ValueKind is JsonValueKind.String
                ? value.GetString()
                : throw new FormatException($"'{name}' is a text.");
        }
        catch (InvalidOperationException)
        {
            throw new FormatException($"'{name}' has half a surrogate pair.");
        }
    }

    public static void WritePlace(Utf8JsonWriter json, StreamHead head, long seq)
    {
        json.WriteNumber("first", head.First);
        json.WriteNumber("last", head.Last);
        json.WriteString("next", new StreamCursor(head.Epoch, seq).ToString());
    }

    public static void WriteConfig(Utf8JsonWriter json, RoomConfig config)
    {
        json.WriteString("topic", config.Topic);
        json.WriteBoolean("read_only", config.IsReadOnly);
        json.WriteNumber("slow_ms", (long)config.SlowMode.TotalMilliseconds);
    }

    public static void WritePerson(Utf8JsonWriter json, string name, Person person)
    {
        json.WriteStartObject(name);
        WritePersonMembers(json, person);
        json.WriteEndObject();
    }

    public static void WritePersonMembers(Utf8JsonWriter json, Person person)
    {
        json.WriteString("id", person.Id);
        json.WriteString("name", person.Name);
        json.WriteString("role", Text(person.Role));
    }

    /// <summary>What a message or an edit says.</summary>
    public static string TextOf(StreamEvent said)
    {
        using var data = JsonDocument.Parse(said.Data);
        return data.RootElement.GetProperty("text").GetString()!;
    }

    /// <summary>Whether two events say the same, whatever their author was called at the time.</summary>
    public static bool IsSameDeed(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        var (ones, others) = (Members(first), Members(second));
        return ones.Count == others.Count && ones.All(m =>
            others.TryGetValue(m.Key, out var same) && JsonElement.DeepEquals(m.Value, same));

        static Dictionary<string, JsonElement> Members(JsonDocument data) => data.RootElement.EnumerateObject()
            .Where(m => m.Name != "from").ToDictionary(m => m.Name, m => m.Value);
    }

    public static string Text(ChatRole role) => role switch
    {
        ChatRole.Guest => "guest",
        ChatRole.Bot => "bot",
        ChatRole.Member => "member",
        ChatRole.Mod => "mod",
        _ => "owner",
    };

    public static byte[] Object(Action<Utf8JsonWriter> write) => StreamJson.Object(write);

    /// <summary>The members of a stored object into one that has begun.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
