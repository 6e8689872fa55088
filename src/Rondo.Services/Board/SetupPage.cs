using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The first steps, and the same later to change one's mind: forms that need no script.</summary>
internal static class SetupPage
{
    public static Task WriteAsync(HttpContext context, SetupView view)
    {
        var texts = view.Texts;
        var done = BoardSteps.Done(view.Facts);
        context.Response.Headers.CacheControl = "no-store";
        return HtmlPage.WriteAsync(
            context,
            texts["setup"],
            Html.Of($$"""
                <main class="sheet setup">
                <h1>{{texts["setup"]}}</h1>
                <p class="lede">{{texts["setup-say"]}}</p>
                {{(view.Refusal is null ? default : Html.Of($"<p class=\"result refused\" role=\"alert\">{view.Refusal}</p>"))}}
                {{(view.Ticket is null ? default : Ticket(view, view.Ticket))}}
                <ol class="todo">
                <li><h2 id="step-name">{{Mark(done[0], texts)}}{{texts["step-name"]}}</h2>{{Name(view)}}</li>
                <li><h2 id="step-room">{{Mark(done[1], texts)}}{{texts["step-room"]}}</h2>{{Rooms(view)}}</li>
                <li><h2 id="step-key">{{Mark(done[2], texts)}}{{texts["step-key"]}}</h2>{{Key(view)}}</li>
                </ol>
                <p><a class="button" href="/">{{texts["setup-done"]}}</a></p>
                </main>
                """),
            Html.Of($"<link rel=\"stylesheet\" href=\"/assets/board.css\">"),
            new PageFrame { Language = texts.Language });
    }

    private static Html Mark(bool isDone, PageTexts texts) => isDone
        ? Html.Of($"<span class=\"mark is-ok\">{BoardIcon.State("ok")} {texts["step-done"]}</span>")
        : Html.Of($"<span class=\"mark is-silent\">{BoardIcon.State("silent")} {texts["step-open"]}</span>");

    private static Html Form(string step, Html fields) => Html.Of($$"""
        <form method="post" action="/board/setup"><input type="hidden" name="step" value="{{step}}">{{fields}}</form>
        """);

    private static Html Name(SetupView view)
    {
        var (settings, texts) = (view.Facts.Settings, view.Texts);
        var tiles = BoardTile.Names.Select(tile => Html.Of($$"""
            <label class="check"><input type="checkbox" name="tiles" value="{{tile}}"{{(settings.Tiles.Contains(tile) ? " checked" : "")}}> {{texts["tile-" + tile]}}</label>
            """));
        return Form("name", Html.Of($$"""
            <div class="row">
            <label class="wide">{{texts["setup-name"]}}<input name="name" value="{{view.Typed ?? settings.Name}}" maxlength="100" autocomplete="organization" required></label>
            <label>{{texts["setup-language"]}}<select name="language">
            {{Option("", texts["setup-language-reader"], settings.Language is null)}}
            {{Option("en", "English", settings.Language is PageLanguage.English)}}
            {{Option("de", "Deutsch", settings.Language is PageLanguage.German)}}
            </select></label>
            </div>
            <fieldset><legend>{{texts["setup-tiles"]}}</legend>{{Html.Join(tiles)}}</fieldset>
            <div class="row">
            <label class="wide">{{texts["setup-currencies"]}}<input name="currencies" value="{{string.Join(" ", settings.Currencies)}}" maxlength="80" autocomplete="off" spellcheck="false"></label>
            <button>{{texts["setup-save"]}}</button>
            </div>
            """));
    }

    private static Html Rooms(SetupView view)
    {
        var texts = view.Texts;
        var rooms = view.Facts.Rooms.Select(room => Html.Of($$"""
            <li><b dir="auto">{{room.Name}}</b>
            {{Form("ticket", Html.Of($"<input type=\"hidden\" name=\"room\" value=\"{room.Id}\"><button class=\"quiet\">{texts["setup-measure"]}<span class=\"aside\"> {room.Name}</span></button>"))}}</li>
            """)).ToList();
        var kinds = view.Kinds.Select(k => Option(k, texts.Find("kind-" + k) ?? k, k == "lobby"));
        return Html.Of($$"""
            <p class="say">{{texts["step-room-say"]}}</p>
            {{(rooms.Count == 0 ? default : Html.Of($"<ul class=\"made\">{Html.Join(rooms)}</ul>"))}}
            {{Form("room", Html.Of($$"""
                <div class="row">
                <label class="wide">{{texts["setup-room"]}}<input name="name" maxlength="100" autocomplete="off" required></label>
                <label>{{texts["setup-kind"]}}<select name="kind">{{Html.Join(kinds)}}</select></label>
                <button>{{texts["setup-add"]}}</button>
                </div>
                """))}}
            """);
    }

    private static Html Key(SetupView view) => Html.Of($$"""
        <p class="say">{{view.Texts["step-key-say"]}}</p>
        {{(view.Facts.Settings.IsKeyKept ? default
            : Form("key", Html.Of($"<button class=\"quiet\">{view.Texts["step-key-kept"]}</button>")))}}
        """);

    private static Html Ticket(SetupView view, BoardTicket ticket)
    {
        var texts = view.Texts;
        var code = view.Address is { } address
            ? QrCode.Svg(address.TrimEnd('/') + ticket.Path, texts.Say("ticket-code", ticket.RoomName))
            : Html.Of($"<p class=\"say\">{texts["ticket-unreachable"]}</p>");
        return Html.Of($$"""
            <section class="ticket" aria-labelledby="ticket"><h2 id="ticket">{{texts.Say("ticket", ticket.RoomName)}}</h2>
            <p class="say">{{texts.Say("ticket-say", view.Facts.Clock(ticket.Expires))}}</p>
            {{code}}
            <p><a href="{{ticket.Path}}">{{texts["ticket-here"]}}</a></p></section>
            """);
    }

    private static Html Option(string value, string text, bool isChosen) => Html.Of(
        $"<option value=\"{value}\"{(isChosen ? " selected" : "")}>{text}</option>");
}
