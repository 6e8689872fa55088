using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

internal enum HistorySide
{
    After,
    Before,
    Around,
}

/// <summary>Which messages somebody wants to see.</summary>
/// <param name="Side">Where from the place.</param>
/// <param name="Place">Null for the newest.</param>
/// <param name="Limit">At most so many.</param>
internal readonly record struct HistoryWanted(HistorySide Side, StreamCursor? Place, int Limit);

/// <summary>A message as it reads now.</summary>
internal sealed record ShownMessage(StreamEvent Sent, StreamEvent? Edited, IReadOnlyList<ReactionCount> Reactions);

/// <summary>Some messages of a room as they read now: edits carried out, what was deleted left out.</summary>
internal sealed record MessagePage(StreamHead Head, IReadOnlyList<ShownMessage> Messages, bool IsReset)
{
    /// <summary>The last event that they speak for: with what comes behind it, nothing is missed.</summary>
    public long Next { get; init; } = Head.Last;

    /// <summary>Why they are not shown.</summary>
    public ChatRefusal? Refusal { get; init; }

    public void Write(Utf8JsonWriter json, string room)
    {
        json.WriteStartObject();
        json.WriteString("room", room);
        ChatJson.WritePlace(json, Head, Next);
        json.WriteStartArray("messages");
        foreach (var (sent, edited, reactions) in Messages)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", sent.Seq);
            json.WriteString("at", StreamJson.Text(sent.At));
            json.WriteString("id", MessageId.Of(room, sent.Seq, sent.At));
            if (sent.Key is not null)
            {
                json.WriteString("client_id", sent.Key);
            }

            using var said = JsonDocument.Parse(sent.Data);
            json.WritePropertyName("from");
            said.RootElement.GetProperty("from").WriteTo(json);
            json.WriteString("text", ChatJson.TextOf(edited ?? sent));
            if (edited is not null)
            {
                json.WriteString("edited", StreamJson.Text(edited.At));
            }

            WriteReactions(json, reactions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReactions(Utf8JsonWriter json, IReadOnlyList<ReactionCount> reactions)
    {
        if (reactions.Count == 0)
        {
            return;
        }

        json.WriteStartArray("reactions");
        foreach (var (reaction, count, isMine) in reactions)
        {
            json.WriteStartObject();
            json.WriteString("reaction", reaction);
            json.WriteNumber("count", count);
            json.WriteBoolean("mine", isMine);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
