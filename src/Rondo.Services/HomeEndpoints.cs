using System.Globalization;
using System.Net;
using Rondo.Services.Currency;
using Rondo.Services.Hosting;

namespace Rondo.Services;

/// <summary>
/// <c>/</c>: a page for browsers, one line for text clients (as the talks had it), a list for programs.
/// </summary>
internal static class HomeEndpoints
{
    public static void MapHome(this IEndpointRouteBuilder routes) => routes.MapRead("/", context =>
    {
        var response = context.Response;
        response.Headers.Vary = "Accept";
        switch (MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Html, MediaType.Json))
        {
            case MediaType.Html:
                response.ContentType = "text/html; charset=utf-8";
                response.Headers.ContentSecurityPolicy =
                    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
                return response.WriteAsync(Page(context), context.RequestAborted);
            case MediaType.Json:
                response.ContentType = MediaType.Json;
                return response.WriteAsync(
                    "[" + string.Join(',', RondoServer.AllServices.Select(s => $$"""{"name":"{{s}}","path":"/{{s}}/status"}""")) + "]",
                    context.RequestAborted);
            case MediaType.Text:
                response.ContentType = "text/plain; charset=utf-8";
                var names = string.Join(", ", RondoServer.AllServices.Select(s => $"'{s}'"));
                return response.WriteAsync(
                    $"Specify a service endpoint. Available: [{names}]", context.RequestAborted);
            default:
                return new Problem(
                        ProblemType.NotAcceptable, "This comes as text/html, text/plain or application/json.")
                    .WriteAsync(context);
        }
    });

    private static string Page(HttpContext context)
    {
        var services = context.RequestServices;
        var rates = services.GetRequiredService<RateBook>().Current;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var age = rates.Age(now);
        var shownAge = age.TotalHours < 48
            ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days");
        var quality = rates.IsStale(now) ? "<b class=\"stale\">stale</b>" : "<b class=\"fresh\">current</b>";
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var tiles = string.Concat(new[] { "USD", "GBP", "CHF", "JPY", "SEK", "PLN" }.Select(code =>
            CurrencyCatalog.Find(code) is { } currency
                && rates.Latest >= 0
                && rates.RateOf(currency, rates.Latest, today).Rate is not 0 and var rate
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"<li><span>{code}</span>{rate:0.####}<small>{WebUtility.HtmlEncode(currency.Name)}</small></li>")
                : ""));
        return $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Rondo</title>
            <style>
            :root { color-scheme: light dark; --ink: light-dark(#1c2430, #e8ecf2); --soft: light-dark(#5b6675, #9aa6b5); --line: light-dark(#dde3ea, #2c3542);
              --paper: light-dark(#fbfcfd, #12171e); --card: light-dark(#fff, #1a212b); --good: light-dark(#1a7f4b, #4cc38a); --warn: light-dark(#a15c00, #f0b429); }
            body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
            main { max-width: 52rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
            h1 { font-size: 1.75rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
            p { margin: .75rem 0 0; color: var(--soft); } .fresh { color: var(--good); } .stale { color: var(--warn); }
            ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(46%, 14rem), 1fr)); gap: .75rem; }
            li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
            li span { display: block; font-size: .85rem; color: var(--soft); } li small { display: block; font-size: .75rem; color: var(--soft); }
            form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; } label { font-size: .8rem; color: var(--soft); }
            input { display: block; font: inherit; width: 7rem; padding: .4rem .6rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
            button { font: inherit; padding: .45rem 1rem; border: 0; border-radius: .4rem; background: var(--ink); color: var(--paper); cursor: pointer; }
            pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: .85rem; }
            a { color: inherit; }
            </style>
            </head>
            <body><main>
            <h1>Rondo</h1>
            <p>The front desk of a shared place. Running: {{string.Join(", ", RondoServer.AllServices)}}.</p>
            <h2>One euro</h2>
            <ul>{{tiles}}</ul>
            <p>Rates of {{rates.LatestDate}} from {{WebUtility.HtmlEncode(rates.LatestSource)}}, {{quality}}, {{(rates.IsStale(now) ? "published" : "confirmed")}} {{shownAge}} ago. For information only.</p>
            <h2>Convert</h2>
            <form action="/currency/convert">
            <label>Amount<input name="amount" value="100" inputmode="decimal" required></label>
            <label>From<input name="from" value="EUR" maxlength="3" required></label>
            <label>To<input name="to" value="GBP" maxlength="3" required></label>
            <button>Convert</button>
            </form>
            <h2>For programs</h2>
            <pre>curl {{WebUtility.HtmlEncode($"{context.Request.Scheme}://{context.Request.Host}")}}/convert/GBP/100
            curl '{{WebUtility.HtmlEncode($"{context.Request.Scheme}://{context.Request.Host}")}}/v1/latest?symbols=USD,CHF'</pre>
            <p><a href="/openapi.json">OpenAPI</a> · <a href="/currency/status">status of the rates</a> · <a href="/currency/currencies">currencies</a> · <a href="/readyz">readiness</a></p>
            </main></body>
            </html>
            """;
    }
}
