using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Hosting.Tls;

/// <summary>How a device trusts the authority, as a page that needs no script.</summary>
internal static class TrustPage
{
    private const string Group = "trust";

    // Keys of the texts; their steps are numbered from 1.
    private static readonly string[] Systems = ["apple", "android", "windows", "macos", "linux", "firefox"];

    /// <param name="context">The request, which is answered.</param>
    /// <param name="language">Of the page.</param>
    /// <param name="host">Host and port by which a phone reaches this server.</param>
    /// <param name="fingerprint">Of the authority.</param>
    public static Task WriteAsync(HttpContext context, PageLanguage language, string host, string fingerprint)
    {
        var texts = PageTexts.Of(Group, language);
        var other = (language is PageLanguage.German ? PageLanguage.English : PageLanguage.German).Tag();
        var here = $"http://{host}{TrustEndpoints.Path}";
        var home = $"https://{host}/";

        // Without TLS the bar would lead to nothing but this page.
        return HtmlPage.WriteAsync(context, texts["title"], Html.Of($$"""
            <main class="sheet">
            <h1>{{texts["title"]}}</h1>
            <p class="lede">{{texts["why"]}}</p>
            <section class="trust" aria-labelledby="scan">
            <div>
            <h2 id="scan">{{texts["scan"]}}</h2>
            {{QrCode.Svg(here, $"{texts["qrLabel"]}: {here}")}}
            <p><code>{{here}}</code></p>
            </div>
            <div>
            <h2 id="load">{{texts["load"]}}</h2>
            <p><a class="button" href="{{TrustEndpoints.Path}}/rondo.crt">{{texts["button"]}}</a></p>
            <ul class="links">
            <li><a href="{{TrustEndpoints.Path}}/rondo.cer">.cer</a></li>
            <li><a href="{{TrustEndpoints.Path}}/rondo.pem">.pem</a></li>
            </ul>
            <p class="say">{{texts["compare"]}}</p>
            <pre>SHA-256 {{fingerprint}}</pre>
            </div>
            </section>
            {{Html.Join(Systems.Select(system => Steps(system, texts)))}}
            <h2>{{texts["then"]}}</h2>
            <p><a href="{{home}}">{{home}}</a></p>
            <p class="say">{{texts["limits"]}}</p>
            <ul class="links">
            <li><a href="?lang={{other}}" lang="{{other}}" hreflang="{{other}}">{{texts["otherLanguage"]}}</a></li>
            </ul>
            </main>
            """), frame: new PageFrame { Language = language, HasBar = context.Request.IsHttps });
    }

    private static Html Steps(string system, PageTexts texts)
    {
        var steps = Enumerable.Range(1, texts.Keys.Count()).Select(n => texts.Find($"{system}.{n}"))
            .TakeWhile(step => step is not null);
        return Html.Of($$"""
            <h2>{{texts[system]}}</h2>
            <ol class="steps">{{Html.Join(steps.Select(step => Html.Of($"<li>{step}</li>")))}}</ol>
            """);
    }
}
