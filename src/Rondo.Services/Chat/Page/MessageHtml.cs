using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Chat.Page;

/// <summary>
/// Messages as list items, under a line for each day. chat-list.js makes the same of those that come later.
/// </summary>
internal static class MessageHtml
{
    private const int Colours = 6;

    // Closer messages of one person stand under one name.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    public static Html List(IReadOnlyList<ShownMessage> messages, Person reader)
    {
        var items = new List<Html>();
        DateTimeOffset? before = null;
        string? author = null;
        foreach (var message in messages)
        {
            var at = message.Sent.At;
            if (before?.UtcDateTime.Date != at.UtcDateTime.Date)
            {
                items.Add(Day(at));
                author = null;
            }

            var from = From(message);
            items.Add(Item(message, from, from.Id == author && at - before < Pause, from.Id == reader.Id));
            (before, author) = (at, from.Id);
        }

        return Html.Join(items);
    }

    private static Html Day(DateTimeOffset at) =>
        Html.Of($"<li class=\"day\">{Time(at, "yyyy-MM-dd", "dddd, d MMMM yyyy")}</li>");

    private static Html Item(ShownMessage message, Person from, bool isMore, bool isOwn)
    {
        var colour = $"c{Colour(from.Id)}";
        var role = from.Role is ChatRole.Guest or ChatRole.Member
            ? default
            : Html.Of($"<span class=\"role\">{ChatJson.Text(from.Role)}</span>");
        var edited = message.Edited is { } edit
            ? Html.Of($" <small class=\"edited\">edited {Time(edit.At)}</small>")
            : default;
        var text = LinkedText.Of(ChatJson.TextOf(message.Edited ?? message.Sent));
        var (seq, roleText) = (message.Sent.Seq, ChatJson.Text(from.Role));
        var classes = $"message{(isMore ? " more" : "")}{(isOwn ? " mine" : "")}";
        return Html.Of($$"""
            <li class="{{classes}}" id="m{{seq}}" data-seq="{{seq}}" data-from="{{from.Id}}" data-role="{{roleText}}">
            <span class="mark {{colour}}" aria-hidden="true">{{Initial(from.Name)}}</span>
            <p class="meta"><bdi class="who {{colour}}">{{from.Name}}</bdi>{{role}}{{Time(message.Sent.At)}}</p>
            <p class="body" dir="auto"><span class="text">{{text}}</span>{{edited}}</p>
            {{Reactions(message)}}
            </li>
            """);
    }

    private static Html Reactions(ShownMessage message) => message.Reactions.Count == 0
        ? default
        : Html.Of($$"""
            <ul class="reactions" aria-label="Reactions">{{Html.Join(message.Reactions.Select(Reaction))}}</ul>
            """);

    private static Html Reaction(ReactionCount kind) => Html.Of(
        $"<li data-reaction=\"{kind.Reaction}\" data-count=\"{kind.Count}\" {(kind.IsMine ? "data-mine" : "")}>"
            + $"<span class=\"chip\">{kind.Reaction} {kind.Count}</span></li>");

    private static Person From(ShownMessage message)
    {
        using var data = JsonDocument.Parse(message.Sent.Data);
        var from = data.RootElement.GetProperty("from");
        var role = from.GetProperty("role").GetString();
        return new Person(
            from.GetProperty("id").GetString()!,
            from.GetProperty("name").GetString()!,
            Enum.GetValues<ChatRole>().First(r => ChatJson.Text(r) == role));
    }

    private static string Initial(string name) => StringInfo.GetNextTextElement(name).ToUpperInvariant();

    private static long Colour(string id) => id.Aggregate(0L, (sum, c) => ((sum * 31) + c) & 0xFFFFFFFF) % Colours;

    private static Html Time(
        DateTimeOffset at, string machine = "yyyy-MM-ddTHH:mm:ss.fffZ", string shown = "HH:mm") =>
        Html.Of($"<time datetime=\"{Text(at, machine)}\">{Text(at, shown)}</time>");

    private static string Text(DateTimeOffset at, string format) =>
        at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
