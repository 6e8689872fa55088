namespace Rondo.Services.Hosting.Pages;

/// <summary>
/// The frame of every page: head, bar, and the headers that keep a browser from running or loading what is not ours.
/// </summary>
internal static class HtmlPage
{
    // Nothing inline and nothing from elsewhere: text that slipped through as markup could still do nothing.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <param name="context">The request, which is answered.</param>
    /// <param name="title">What the tab shows before the product's name.</param>
    /// <param name="content">The <c>main</c> element.</param>
    /// <param name="head">What this page alone needs in its head.</param>
    /// <param name="frame">What surrounds it; null for the usual.</param>
    public static Task WriteAsync(
        HttpContext context, string title, Html content, Html head = default, PageFrame? frame = null)
    {
        frame ??= PageFrame.Usual;
        var headers = context.Response.Headers;
        context.Response.ContentType = "text/html; charset=utf-8";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";

        // Not "no-referrer": a form would then be sent with the origin "null".
        headers["Referrer-Policy"] = "same-origin";
        var page = Html.Of($$"""
            <!doctype html>
            <html lang="{{frame.Language.Tag()}}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{title}} · Rondo</title>
            <link rel="icon" href="/assets/rondo.svg">
            <link rel="stylesheet" href="/assets/rondo.css">
            {{head}}
            </head>
            <body{{(frame.Classes.Length == 0 ? default : Html.Of($" class=\"{frame.Classes}\""))}}>
            {{Banners(context)}}
            {{(frame.HasBar ? Bar(context, frame.Language) : default)}}
            {{content}}
            </body>
            </html>
            """);
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    private static Html Banners(HttpContext context) => Html.Join(
        context.RequestServices.GetServices<PageBanner>()
            .Select(b => Html.Of($"<p class=\"banner\" role=\"note\">{b.Text}</p>")));

    private static Html Bar(HttpContext context, PageLanguage language)
    {
        var texts = PageTexts.Of("pages", language);
        var links = context.RequestServices.GetServices<PageLink>()
            .Prepend(new PageLink("/", "Front desk"))
            .Select(link => link with { Name = texts.Find(link.Path) ?? link.Name });
        var items = Html.Join(links.Select(link => IsHere(context.Request.Path, link.Path)
            ? Html.Of($$"""<a href="{{link.Path}}" aria-current="page">{{link.Name}}</a>""")
            : Html.Of($$"""<a href="{{link.Path}}">{{link.Name}}</a>""")));
        return Html.Of($$"""
            <header class="bar">
            <a class="brand" href="/"><img src="/assets/rondo.svg" alt="" width="22" height="22">Rondo</a>
            <nav aria-label="{{texts["pages"]}}">{{items}}</nav>
            </header>
            """);
    }

    private static bool IsHere(PathString asked, string path) =>
        path == "/" ? asked == "/" : asked.StartsWithSegments(path);
}
