using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Noise.Pages;

/// <summary>The page on which a phone or a computer measures a room.</summary>
internal static class MeasurePage
{
    private const string Group = "measure";

    // Asked for at once, rather than one after the other as each names the next.
    private static readonly string[] Modules =
        ["noise-device.js", "noise-frames.js", "noise-link.js", "noise-microphone.js"];

    // What the script says; the rest is on the page already.
    private static readonly string[] Spoken =
    [
        "some-device", "known", "given-up", "calibrated", "insecure", "unsupported", "unknown", "denied",
        "no-microphone", "failed", "no-server", "ticket-over", "refused", "ended",
    ];

    /// <summary>The path of a room's page.</summary>
    public static string Address(string roomId) => "/noise/measure/" + roomId;

    public static Task WriteAsync(HttpContext context, RoomLevel level, PageLanguage language)
    {
        var texts = PageTexts.Of(Group, language);
        return HtmlPage.WriteAsync(
            context,
            $"{texts["title"]}: {level.Name}",
            Html.Of($$"""
                <main class="sheet measure" data-room="{{level.Id}}" data-goal="{{Number(level.Goal)}}"
                 data-loud="{{Number(level.Loud)}}" data-state="off" lang="{{language.Tag()}}"
                 data-texts="{{Script(texts)}}">
                <h1>{{texts.Say("heading", level.Name)}}</h1>
                <p class="lede">{{texts["lede"]}}</p>
                <p class="sign" id="sign" role="status">{{texts["sign-off"]}}</p>
                <noscript><p class="refused">{{texts["no-script"]}}</p></noscript>
                <p class="refused" id="trouble" role="alert" hidden></p>
                {{Before(texts)}}
                {{During(level, texts)}}
                <p class="elsewhere"><a href="?lang={{Other(language).Tag()}}" lang="{{Other(language).Tag()}}"
                 hreflang="{{Other(language).Tag()}}">{{texts["other-language"]}}</a></p>
                </main>
                """),
            Html.Join([
                Html.Of($"<link rel=\"stylesheet\" href=\"/assets/measure.css\">\n"),
                .. Modules.Select(name => Html.Of($"<link rel=\"modulepreload\" href=\"/assets/{name}\">\n")),
                Html.Of($"<script type=\"module\" src=\"/assets/noise-measure.js\"></script>"),
            ]),
            new PageFrame { Language = language });
    }

    /// <summary>There is no such room.</summary>
    public static Task WriteMissingAsync(HttpContext context, PageLanguage language)
    {
        var texts = PageTexts.Of(Group, language);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return HtmlPage.WriteAsync(
            context,
            texts["no-room"],
            Html.Of($$"""
                <main class="sheet" lang="{{language.Tag()}}">
                <h1>{{texts["no-room"]}}</h1>
                <p class="lede" role="alert">{{texts["no-room-detail"]}}</p>
                </main>
                """),
            frame: new PageFrame { Language = language });
    }

    private static Html Before(PageTexts texts) => Html.Of($$"""
        <section id="before" aria-label="{{texts["start"]}}">
        <p class="say" id="known" hidden></p>
        <div class="row">
        <label class="key" id="naming" hidden>{{texts["name"]}}<input id="name" maxlength="60"
         autocomplete="off" placeholder="{{texts["some-device"]}}"></label>
        <button type="button" id="start" hidden>{{texts["start"]}}</button>
        </div>
        </section>
        """);

    private static Html During(RoomLevel level, PageTexts texts) => Html.Of($$"""
        <div id="during" hidden>
        <section class="reading" tabindex="-1" aria-label="{{texts["level"]}}">
        <p class="level"><output id="level">–</output> <span>dB(A)</span></p>
        <div class="scale" id="bar" aria-hidden="true"><i></i></div>
        <p class="limits"><span>{{texts.Say("goal", Number(level.Goal))}}</span>
        <span>{{texts.Say("loud", Number(level.Loud))}}</span></p>
        <ul class="quality" id="quality" aria-label="{{texts["quality"]}}"></ul>
        <p><button type="button" class="plain" id="stop">{{texts["stop"]}}</button></p>
        </section>
        <section aria-labelledby="sent-title">
        <h2 id="sent-title">{{texts["sent"]}}</h2>
        <p class="say">{{texts["sent-lede"]}}</p>
        <pre id="sent" tabindex="0" aria-labelledby="sent-title">{{texts["sent-none"]}}</pre>
        <dl class="facts">
        <div><dt>{{texts["sent-count"]}}</dt><dd id="sent-count">0</dd></div>
        <div><dt>{{texts["waiting"]}}</dt><dd id="waiting">0</dd></div>
        <div><dt>{{texts["rate"]}}</dt><dd id="rate">–</dd></div>
        <div><dt>{{texts["microphone"]}}</dt><dd class="long" id="microphone">–</dd></div>
        </dl>
        </section>
        <section aria-labelledby="calibrate">
        <h2 id="calibrate">{{texts["calibrate"]}}</h2>
        <p class="say">{{texts["calibrate-lede"]}}</p>
        <form class="row" id="calibration">
        <label>{{texts["reference"]}}<input id="reference" type="number" min="40" max="130" step="0.1"
         inputmode="decimal" required></label>
        <button>{{texts["set"]}}</button>
        <p id="calibrated" role="status"></p>
        </form>
        </section>
        </div>
        """);

    private static string Script(PageTexts texts) => JsonSerializer.Serialize(texts.Keys
        .Where(key => Spoken.Contains(key) || key.StartsWith("sign-", StringComparison.Ordinal)
            || key.StartsWith("flag-", StringComparison.Ordinal))
        .ToDictionary(key => key, key => texts[key]));

    private static PageLanguage Other(PageLanguage language) =>
        language is PageLanguage.German ? PageLanguage.English : PageLanguage.German;

    private static string Number(double level) => level.ToString("0.#", CultureInfo.InvariantCulture);
}
