using System.Globalization;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Chat.Page;

/// <summary>A room as a page that needs no script: what was said, and a form to say something.</summary>
internal static class ChatPage
{
    /// <summary>Seconds between refreshes that a reader without scripts may choose.</summary>
    public const int RefreshSeconds = 10;

    // Asked for at once, rather than one after the other as each names the next.
    private static readonly string[] Modules =
    [
        "chat-room.js", "chat-text.js", "chat-list.js", "chat-reactions.js", "chat-people.js", "chat-outbox.js",
        "chat-connection.js", "chat-form.js",
    ];

    public static Task WriteAsync(HttpContext context, ChatView view) => HtmlPage.WriteAsync(
        context,
        view.Room.Name,
        Html.Of($$"""
            <main class="chat" data-room="{{view.Room.Name}}" data-cursor="{{view.Cursor.ToString()}}"
             data-me="{{view.Reader.Id}}" data-name="{{view.Reader.Name}}"
             data-role="{{ChatJson.Text(view.Reader.Role)}}"
             data-most="{{MessageText.MostCharacters}}" data-editable="{{(long)view.EditTime.TotalSeconds}}"
             {{(view.IsNewest ? "" : "data-past")}}>
            {{Around(view)}}
            <section class="talk" aria-labelledby="room">
            <header>
            <h1 id="room">{{view.Room.Name}}</h1>
            <p class="topic" id="topic" dir="auto">{{view.Room.Topic}}</p>
            <p class="state" id="state" role="status">as of {{Clock(view.Now)}} UTC</p>
            </header>
            {{Log(view)}}
            <p class="typing"><span id="typing"></span>
            <button type="button" class="newest" id="newest" hidden>Newest</button></p>
            {{(view.Refresh is null ? Form(view) : Reading(view))}}
            </section>
            </main>
            """),
        Html.Of($$"""
            <link rel="stylesheet" href="/assets/chat.css">
            {{Head(view)}}
            """));

    private static Html Head(ChatView view) => view.Refresh is { } seconds
        ? Html.Of($"<meta http-equiv=\"refresh\" content=\"{seconds}\">")
        : Html.Join([
            .. Modules.Select(name => Html.Of($"<link rel=\"modulepreload\" href=\"/assets/{name}\">\n")),
            Html.Of($"<script type=\"module\" src=\"/assets/chat.js\"></script>"),
        ]);

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static Html Around(ChatView view)
    {
        var rooms = Html.Join(view.Rooms.Select(name => name == view.Room.Name
            ? Html.Of($"<li><a href=\"/chat/{name}\" aria-current=\"page\">{name}</a></li>")
            : Html.Of($"<li><a href=\"/chat/{name}\">{name}</a></li>")));
        var others = view.OtherRooms == 0 ? default : Html.Of($"<li class=\"others\">and {view.OtherRooms} more</li>");
        return Html.Of($$"""
            <aside class="around" aria-label="Rooms and people">
            <section class="rooms"><h2 id="rooms">Rooms</h2>
            <ul aria-labelledby="rooms">{{rooms}}{{others}}</ul></section>
            <section class="people" id="people" hidden><h2 id="here">Here</h2><ul aria-labelledby="here"></ul></section>
            </aside>
            """);
    }

    private static Html Log(ChatView view)
    {
        var earlier = view.HasEarlier && view.Messages.Count > 0
            ? Html.Of($"<a href=\"/chat/{view.Room.Name}?before={view.Messages[0].Sent.Seq}\">Earlier messages</a>")
            : Html.Of($"This is where the room begins.");
        var later = view.IsNewest
            ? default
            : Html.Of($"<p><a href=\"/chat/{view.Room.Name}\">Back to the newest messages</a></p>");
        return Html.Of($$"""
            <div class="log" id="log" tabindex="0" role="region" aria-label="Conversation">
            <div>
            <p id="earlier">{{earlier}}</p>
            <div role="log" aria-label="Messages">
            <ol id="messages">{{MessageHtml.List(view.Messages, view.Reader)}}</ol>
            </div>
            <ol id="waiting" aria-label="Not sent yet"></ol>
            {{later}}
            </div>
            </div>
            """);
    }

    private static Html Form(ChatView view)
    {
        var refusal = view.Refusal is null
            ? default
            : Html.Of($"<p class=\"refused\" id=\"refused\" role=\"alert\">{view.Refusal}</p>");
        return Html.Of($$"""
            <form class="say-it" id="form" method="post" action="/chat/{{view.Room.Name}}" autocomplete="off">
            {{refusal}}
            <p class="editing" id="editing" hidden>Changing what you said.
            <button type="button" class="plain" id="keep">Leave it as it is</button></p>
            <input type="hidden" name="client_id" value="{{Guid.NewGuid().ToString()}}">
            <div class="fields">
            {{Name(view)}}
            <label>Message<textarea name="body" id="text" rows="1" required dir="auto" aria-describedby="hint">
            {{view.Draft}}</textarea></label>
            <button type="submit">Send</button>
            </div>
            <div class="hint" id="hint">
            <noscript><span>Times are in UTC. The list stands still:
            <a href="/chat/{{view.Room.Name}}">show what is new</a> or
            <a href="/chat/{{view.Room.Name}}?refresh={{RefreshSeconds}}">let it refresh itself</a>.</span></noscript>
            <span class="keys" id="keys" hidden>Enter sends, Shift and Enter begins a line.</span>
            <span class="count" id="count" role="status"></span>
            {{Login(view)}}
            </div>
            </form>
            """);
    }

    private static Html Name(ChatView view) => view.Reader.Role is ChatRole.Guest
        ? Html.Of($$"""
            <label class="name">Your name<input name="name" id="name" value="{{view.ChosenName}}"
             maxlength="{{Nickname.Longest}}" placeholder="{{view.Reader.Name}}" autocomplete="nickname"></label>
            """)
        : Html.Of($"<p class=\"as\">as <bdi>{view.Reader.Name}</bdi></p>");

    // With a key one is somebody, and may keep order.
    private static Html Login(ChatView view) => view.Reader.Role is ChatRole.Guest
        ? Html.Of($"<a href=\"/login?next=/chat/{view.Room.Name}\">Log in</a>")
        : Html.Of($"<a href=\"/login?next=/chat/{view.Room.Name}\">Log out</a>");

    private static Html Reading(ChatView view) => Html.Of($$"""
        <p class="say-it">This list refreshes itself every {{RefreshSeconds}} seconds.
        <a href="/chat/{{view.Room.Name}}">Write something</a></p>
        """);
}
