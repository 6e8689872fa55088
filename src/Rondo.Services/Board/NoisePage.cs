using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary><c>/noise</c>: today in every room, as a curve and in figures. Needs no script.</summary>
internal static class NoisePage
{
    private static readonly ChartSize Wide = new(960, 190, 13, TextMetrics.Proportional);
    private static readonly ChartSize Narrow = new(360, 150, 12, TextMetrics.Proportional);

    public static Task WriteAsync(
        HttpContext context, BoardFacts facts, IReadOnlyDictionary<string, BoardDay> days, PageTexts texts)
    {
        var content = Html.Of($$"""
            <main class="sheet noise">
            <h1>{{texts["noise"]}}</h1>
            <p class="lede">{{texts["noise-say"]}}</p>
            <p class="say">{{texts.Say("link-none", facts.Clock(facts.At))}}</p>
            {{(facts.Rooms.Count == 0 ? Html.Of($"<p>{texts["rooms-nothing"]}</p>") : Table(facts, days, texts))}}
            {{Html.Join(facts.Rooms.Select(room => Room(room, facts, days[room.Id], texts)))}}
            </main>
            """);
        context.Response.Headers.CacheControl = "no-store";
        return HtmlPage.WriteAsync(
            context,
            texts["noise"],
            Html.Trusted(BoardAge.Fill(content.ToString(), facts.At, texts)),
            Html.Of($$"""
                <link rel="stylesheet" href="/assets/charts.css">
                <link rel="stylesheet" href="/assets/board.css">
                """),
            new PageFrame { Language = texts.Language });
    }

    private static Html Table(BoardFacts facts, IReadOnlyDictionary<string, BoardDay> days, PageTexts texts)
    {
        var rows = facts.Rooms.Select(room => Row(room, days[room.Id], texts));
        return Html.Of($$"""
            <div class="scroll" role="region" aria-labelledby="today" tabindex="0">
            <table class="levels"><caption id="today">{{texts["noise-today"]}}, {{texts.Day(facts.Local(facts.At))}}, dB(A)</caption>
            <thead><tr><th scope="col">{{texts["noise-room"]}}</th><th scope="col">{{texts["noise-now"]}}</th>
            <th scope="col">{{texts["noise-mean"]}}</th><th scope="col">{{texts["noise-l10"]}}</th>
            <th scope="col">{{texts["noise-l50"]}}</th><th scope="col">{{texts["noise-l90"]}}</th>
            <th scope="col">{{texts["noise-max"]}}</th><th scope="col">{{texts["noise-coverage"]}}</th></tr></thead>
            <tbody>{{Html.Join(rows)}}</tbody></table></div>
            <p class="fine">{{texts["noise-ln"]}}</p>
            """);
    }

    private static Html Row(BoardRoom room, BoardDay day, PageTexts texts) => Html.Of($$"""
        <tr><th scope="row" dir="auto"><a href="#{{room.Id}}">{{room.Name}}</a></th>
        <td class="is-{{RoomTile.StateName(room.State)}}">{{BoardIcon.State(RoomTile.StateName(room.State))}} {{Level(room.Level, texts)}}<span class="aside"> {{texts.State(room)}}</span></td>
        <td>{{Level(day.Mean, texts)}}</td><td>{{Level(day.L10, texts)}}</td><td>{{Level(day.L50, texts)}}</td>
        <td>{{Level(day.L90, texts)}}</td><td>{{Level(day.Max, texts)}}</td>
        <td>{{texts.Number((decimal)day.CoveragePercent, 0)}} %</td></tr>
        """);

    private static Html Room(BoardRoom room, BoardFacts facts, BoardDay day, PageTexts texts)
    {
        var begin = BoardDays.Begin(facts);
        var end = begin.AddDays(1);
        var times = Enumerable.Range(0, 5).Select(i => (At: i * 360.0, Text: $"{i * 6:00}:00")).ToList();
        var chart = RoomTile.Chart(
            room, day.Levels, begin, end, texts, texts.Say("noise-day-title", room.Name), times);

        // Two of a name are told apart, by who sees the page and by who hears it.
        var name = facts.Rooms.Count(r => r.Name == room.Name) > 1 ? $"{room.Name} ({room.Id})" : room.Name;
        var age = room.At is { } at ? BoardAge.Of(at) : Html.Of($"{texts["never-measured"]}");
        return Html.Of($$"""
            <section id="{{room.Id}}" aria-labelledby="h-{{room.Id}}"><h2 id="h-{{room.Id}}" dir="auto">{{name}}</h2>
            <p class="fine">{{age}}{{RoomTile.Quality(room, texts)}}</p>
            <div class="wide-only">{{Draw(chart, Wide, "wide-" + room.Id)}}</div>
            <div class="narrow-only">{{Draw(chart, Narrow, "narrow-" + room.Id)}}</div>
            </section>
            """);
    }

    private static Html Draw(LevelChart chart, ChartSize size, string id) =>
        Html.Trusted(SvgWriter.Embedded(chart.Draw(size), id));

    private static string Level(double? level, PageTexts texts) =>
        level is { } known ? texts.Number((decimal)known, 1) : "–";
}
