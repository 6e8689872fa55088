using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The board as a page: whole without a script, and kept up to date with one.</summary>
internal static class BoardPage
{
    private const int RefreshSeconds = 30;
    private const int ManyRooms = 6;

    private static readonly string[] Templates =
    [
        "age-now", "age-seconds", "age-minutes", "age-hours", "age-days",
        "span-seconds", "span-minutes", "span-hours", "span-days", "link-live", "link-connecting", "link-lost",
    ];

    public static Task WriteAsync(HttpContext context, BoardView view)
    {
        var (facts, texts) = (view.Edition.Facts, view.Texts);
        var name = facts.Settings.Name ?? texts["unnamed"];
        var content = Html.Of($$"""
            <main class="board" id="board" data-cursor="{{view.Cursor}}" data-layout="{{view.Edition.Layout}}"
             data-at="{{BoardAge.Text(facts.At)}}" data-zone="{{facts.Zone.Id}}" data-lang="{{texts.Language.Tag()}}"
             {{(view.IsKiosk ? "data-kiosk" : "")}}{{Html.Join(Templates.Select(t => Template(t, texts)))}}>
            <header class="head">
            <div><h1>{{name}}</h1><p class="date" data-piece="{{BoardPieceName.Date}}">{{Piece(view, BoardPieceName.Date)}}</p></div>
            <p class="clock" id="clock" hidden></p>
            <p class="link" id="link" role="status">{{BoardIcon.State("silent")}} <span>{{texts.Say("link-none", facts.Clock(facts.At))}}</span></p>
            </header>
            <p class="aside" role="status" data-piece="{{BoardPieceName.Alarm}}">{{Piece(view, BoardPieceName.Alarm)}}</p>
            {{(view.IsKiosk ? default : FirstSteps(view))}}
            {{(facts.Settings.Tiles.Contains(BoardTile.Rooms) ? Tile(BoardTile.Rooms, view) : default)}}
            <div class="tiles t{{Others(view).Count}}">{{Html.Join(Others(view).Select(tile => Tile(tile, view)))}}</div>
            {{(view.IsKiosk ? default : Foot(view))}}
            </main>
            """);
        context.Response.Headers.CacheControl = "no-store";
        return HtmlPage.WriteAsync(
            context,
            name,
            Html.Trusted(BoardAge.Fill(content.ToString(), facts.At, texts)),
            Head(view),
            new PageFrame
            {
                Language = texts.Language,
                HasBar = !view.IsKiosk,
                Classes = view.IsKiosk ? "kiosk" : "",
            });
    }

    private static Html Head(BoardView view)
    {
        var refresh = Html.Of($"<meta http-equiv=\"refresh\" content=\"{RefreshSeconds}\">");
        return Html.Of($$"""
            <link rel="stylesheet" href="/assets/charts.css">
            <link rel="stylesheet" href="/assets/board.css">
            {{(view.IsRefreshing ? refresh : view.IsKiosk ? Html.Of($"<noscript>{refresh}</noscript>") : default)}}
            {{(view.IsRefreshing ? default : Html.Of($"<script type=\"module\" src=\"/assets/board.js\"></script>"))}}
            """);
    }

    private static Html Template(string key, PageTexts texts) =>
        Html.Of($" data-{key}=\"{texts[key]}\"");

    private static Html Piece(BoardView view, string name) => Html.Trusted(view.Edition.Piece(name));

    // The rooms are the widest, whatever else there is.
    private static List<string> Others(BoardView view) =>
    [
        .. view.Edition.Facts.Settings.Tiles.Where(tile =>
            tile is not BoardTile.Rooms && (tile is not BoardTile.Phone || view.Address is not null)),
    ];

    private static Html Tile(string tile, BoardView view)
    {
        var content = tile switch
        {
            BoardTile.Rooms => Rooms(view),
            BoardTile.Phone => Phone(view),
            BoardTile.Rates => Html.Of($"{InPiece(view, tile)}{(view.IsKiosk ? default : view.Converter)}"),
            _ => InPiece(view, tile),
        };
        return Html.Of($$"""
            <section class="tile {{tile}}" aria-labelledby="t-{{tile}}"><h2 id="t-{{tile}}">{{Title(tile, view)}}</h2>
            {{content}}</section>
            """);
    }

    private static Html Title(string tile, BoardView view) => (tile, view.IsKiosk) switch
    {
        (BoardTile.Chat, false) => Html.Of($"<a href=\"/chat\">{view.Texts["tile-chat"]}</a>"),
        (BoardTile.Rooms, false) => Html.Of($"<a href=\"/noise\">{view.Texts["tile-rooms"]}</a>"),
        _ => Html.Of($"{view.Texts["tile-" + tile]}"),
    };

    private static Html InPiece(BoardView view, string name) =>
        Html.Of($"<div data-piece=\"{name}\">{Piece(view, name)}</div>");

    private static Html Rooms(BoardView view)
    {
        var rooms = view.Edition.Facts.Rooms;
        if (rooms.Count == 0)
        {
            return Html.Of($"<p class=\"nothing\">{view.Texts["rooms-nothing"]}</p>");
        }

        var size = rooms.Count > ManyRooms
            ? "many"
            : "n" + rooms.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Html.Of($"<div class=\"grid {size}\">{Html.Join(rooms.Select(r => Room(r, view)))}</div>");
    }

    private static Html Room(BoardRoom room, BoardView view)
    {
        var (now, hour) = (BoardPieceName.Now(room), BoardPieceName.Hour(room));
        var name = view.IsKiosk ? Html.Of($"{room.Name}") : Html.Of($"<a href=\"/noise#{room.Id}\">{room.Name}</a>");
        return Html.Of($$"""
            <article class="room"><h3 dir="auto">{{name}}</h3>
            <div class="now" data-piece="{{now}}">{{Piece(view, now)}}</div>
            <div class="hour" data-piece="{{hour}}">{{Piece(view, hour)}}</div></article>
            """);
    }

    private static Html Phone(BoardView view) => view.Address is not { } address ? default : Html.Of($$"""
        <div class="phone">{{QrCode.Svg(address, view.Texts["phone-code"])}}
        <p>{{view.Texts["phone-say"]}}<br><b>{{address}}</b></p></div>
        """);

    private static Html FirstSteps(BoardView view)
    {
        var (facts, texts) = (view.Edition.Facts, view.Texts);
        var done = BoardSteps.Done(facts);
        return done.All(d => d) || (facts.Settings.Name is not null && !view.IsAdmin)
            ? default
            : Html.Of($$"""
                <aside class="steps" aria-label="{{texts["steps"]}}">
                <p><b>{{texts[facts.Settings.Name is null ? "steps-new" : "steps-open"]}}</b>
                {{texts.Say("steps-done", done.Count(d => d), done.Count)}}</p>
                <a class="button" href="/board/setup">{{texts["steps-go"]}}</a></aside>
                """);
    }

    private static Html Foot(BoardView view)
    {
        var texts = view.Texts;
        var other = texts.Language is PageLanguage.German ? PageLanguage.English : PageLanguage.German;
        var refresh = view.IsRefreshing
            ? Html.Of($"<li><a href=\"/\">{texts["foot-no-refresh"]}</a></li>")
            : Html.Of($"<li><noscript><a href=\"/?refresh\">{texts["foot-refresh"]}</a></noscript></li>");
        return Html.Of($$"""
            <footer class="foot"><ul class="links">
            <li><a href="/?kiosk">{{texts["foot-kiosk"]}}</a></li>
            <li><a href="/?lang={{other.Tag()}}" lang="{{other.Tag()}}" hreflang="{{other.Tag()}}">{{texts["foot-language"]}}</a></li>
            <li><a href="/board/setup">{{texts["foot-setup"]}}</a></li>
            <li><a href="/board">{{texts["foot-text"]}}</a></li>
            <li><a href="/openapi.json">OpenAPI</a></li>
            {{refresh}}
            </ul><p class="fine">{{texts["foot-honest"]}}</p></footer>
            """);
    }
}
