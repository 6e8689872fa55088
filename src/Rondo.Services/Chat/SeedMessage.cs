using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat;

/// <summary>A message as the talks' two chats have it: an id, the text, and the text as HTML.</summary>
internal static partial class SeedMessage
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
        var links = Link().Replace(text, match => $"\0{match.Value}\0");
        var html = string.Concat(links.Split('\0').Select(
            (part, i) => i % 2 == 0 ? WebUtility.HtmlEncode(part) : Anchor(part)));
        return isolated ? $"<bdi>{html}</bdi>" : html;
    }

    private static readonly System.Buffers.SearchValues<char> BidiControls =
        System.Buffers.SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    private static string Anchor(string address)
    {
        var escaped = WebUtility.HtmlEncode(address);
        return $"<a href=\"{escaped}\" rel=\"noopener nofollow ugc\">{escaped}</a>";
    }

    // What ends a sentence is rarely the end of an address.
    [GeneratedRegex(
        """\bhttps?://[^\s<>"'\p{Cc}\p{Cf}]*[^\s<>"'.,:;!?)\]\p{Cc}\p{Cf}]""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
