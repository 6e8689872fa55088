using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>A message as the talks' two chats have it: an id, the text, and the text as HTML.</summary>
internal static class SeedMessage
{
    public static byte[] Json(string room, StreamEvent message) => ChatJson.Object(
        json => WriteMembers(json, room, message.Seq, message.At, ChatJson.TextOf(message)));

    public static void WriteMembers(Utf8JsonWriter json, string room, long seq, DateTimeOffset at, string text)
    {
        var id = MessageId.Of(room, seq, at);
        json.WriteString("id", id);
        json.WriteString("body", text);
        json.WriteString("html", $"<div class=\"message\" id=\"m{id}\">{Html(text)}</div>\n");
    }

    /// <summary>Text escaped for HTML; http and https links can be followed, no others.</summary>
    public static string Html(string text)
    {
        var isolated = text.AsSpan().IndexOfAny(BidiControls) >= 0;
        var html = LinkedText.Of(text).ToString();
        return isolated ? $"<bdi>{html}</bdi>" : html;
    }

    private static readonly System.Buffers.SearchValues<char> BidiControls =
        System.Buffers.SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");
}
