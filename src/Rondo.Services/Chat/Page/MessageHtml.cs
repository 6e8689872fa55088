using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Chat.Page;

/// <summary>Messages as list items, under a line for each day. chat.js makes the same for those that come later.</summary>
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
        Html.Of($"<li class=\"day\"><time datetime=\"{at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}\">{at.UtcDateTime.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture)}</time></li>");

    private static Html Item(ShownMessage message, Person from, bool isMore, bool isOwn)
    {
        var colour = $"c{Colour(from.Id)}";
        var role = from.Role is ChatRole.Guest or ChatRole.Member
            ? default
            : Html.Of($"<span class=\"role\">{ChatJson.Text(from.Role)}</span>");
        var edited = message.Edited is { } edit
            ? Html.Of($" <small class=\"edited\">edited <time datetime=\"{Machine(edit.At)}\">{Clock(edit.At)}</time></small>")
            : default;
        return Html.Of($$"""
            <li class="message{{(isMore ? " more" : "")}}{{(isOwn ? " mine" : "")}}" id="m{{message.Sent.Seq}}" data-seq="{{message.Sent.Seq}}" data-from="{{from.Id}}" data-role="{{ChatJson.Text(from.Role)}}">
            <span class="mark {{colour}}" aria-hidden="true">{{Initial(from.Name)}}</span>
            <p class="meta"><bdi class="who {{colour}}">{{from.Name}}</bdi>{{role}}<time datetime="{{Machine(message.Sent.At)}}">{{Clock(message.Sent.At)}}</time></p>
            <p class="body" dir="auto"><span class="text">{{Html.AlreadyEscaped(SeedMessage.Html(Text(message)))}}</span>{{edited}}</p>
            </li>
            """);
    }

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

    private static string Text(ShownMessage message)
    {
        using var data = JsonDocument.Parse((message.Edited ?? message.Sent).Data);
        return data.RootElement.GetProperty("text").GetString()!;
    }

    private static string Initial(string name) => StringInfo.GetNextTextElement(name).ToUpperInvariant();

    private static long Colour(string id) => id.Aggregate(0L, (sum, c) => ((sum * 31) + c) & 0xFFFFFFFF) % Colours;

    private static string Machine(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
}
