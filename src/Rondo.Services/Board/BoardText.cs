using System.Text;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>The board for a terminal: what the page shows, line by line.</summary>
internal static class BoardText
{
    private const int Names = 16;

    public static string Write(BoardFacts facts, PageTexts texts)
    {
        var text = new StringBuilder();
        var name = facts.Settings.Name ?? texts["unnamed"];
        text.Append(name).Append(" · ").Append(texts.Day(facts.Local(facts.At))).Append(", ")
            .Append(facts.Clock(facts.At)).Append('\n');
        foreach (var tile in facts.Settings.Tiles.Where(t => t is not BoardTile.Phone))
        {
            text.Append('\n').Append(texts["tile-" + tile]).Append('\n');
            var lines = tile switch
            {
                BoardTile.Rooms => Rooms(facts, texts),
                BoardTile.Weather => Weather(facts, texts),
                BoardTile.Rates => Rates(facts, texts),
                BoardTile.Chat => Chat(facts, texts),
                _ => Services(facts, texts),
            };
            foreach (var line in lines)
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Rooms(BoardFacts facts, PageTexts texts) => facts.Rooms.Count == 0
        ? [texts["rooms-nothing"]]
        : facts.Rooms.Select(room =>
        {
            var level = room.Level is { } measured ? texts.Number((decimal)measured, 1) : "–";
            var age = room.At is { } at ? texts.Age(facts.At - at) : texts["never-measured"];
            var rest = texts.Quality(room) is { } quality ? $"{age}, {quality}" : age;
            return $"{Wide(room.Name)} {level,6} dB(A)  {texts.State(room)}; {rest}";
        });

    private static IEnumerable<string> Weather(BoardFacts facts, PageTexts texts)
    {
        if (facts.Weather is not { } view)
        {
            return [texts["weather-nothing"]];
        }

        var words = WeatherWords.Of(texts.Language);
        var days = Enumerable.Range(0, 2).Select(offset =>
        {
            var code = offset == 0 ? view.Now?.Code ?? view.Day(0)?.Code : view.Day(offset)?.Code;
            var degrees = view.Temperature(offset) is { } value ? texts.Number(value, 1) + " °C" : words.NoData;
            var sky = WeatherCode.Find(code)?.Text(texts.Language);
            return $"{Wide(words.Day(view, offset))} {degrees,9}{(sky is null ? "" : "  " + sky)}";
        });
        var quality = view.IsFixture ? ", " + texts["quality-invented"]
            : view.IsStale ? ", " + texts["quality-stale"]
            : "";
        return [.. days, $"{view.Place.Name}, {view.Source}{quality}, {texts.Age(view.Age(facts.At))}"];
    }

    private static IEnumerable<string> Rates(BoardFacts facts, PageTexts texts)
    {
        if (facts.Rates is not { Latest: >= 0 } rates)
        {
            return [texts["rates-nothing"]];
        }

        var shown = facts.Settings.Currencies
            .Select(code => $"{code} {RateTile.Text(facts, code, texts) ?? "–"}");
        var quality = rates.IsStale(facts.At) ? texts["quality-stale"] + ", " : "";
        var origin = texts.Say("rates-origin", texts.Day(rates.Table.Dates[^1]), rates.LatestSource);
        return [string.Join("  ", shown), $"{origin}, {quality}{texts.Age(rates.Age(facts.At))}"];
    }

    private static IEnumerable<string> Chat(BoardFacts facts, PageTexts texts) => facts.Chat switch
    {
        null => [texts["chat-unreadable"]],
        [] => [texts["chat-nothing"]],
        var lines => lines.Select(l => $"{Plain(l.Name)}: {Plain(l.Text)} ({texts.Age(facts.At - l.At)})"),
    };

    private static IEnumerable<string> Services(BoardFacts facts, PageTexts texts) =>
        ServiceTile.States(facts) is { Count: > 0 } services
            ? services.Select(s =>
                $"{Wide(s.Name)} {texts.Say("service-" + s.State, s.Ready, s.Instances)} {texts.Span(facts.At - s.Since)}"
                    + (ServiceTile.Note(s, facts.At, texts) is { } note ? "; " + note : ""))
            : [texts["services-nothing"]];

    private static string Wide(string name) => Plain(name).PadRight(Names);

    // Nothing that somebody has said may move a terminal's cursor.
    private static string Plain(string text) =>
        string.Concat(text.ReplaceLineEndings(" ").Where(c => !char.IsControl(c)));
}
