using System.Globalization;
using Rondo.Services.Currency;
using Rondo.Services.Currency.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;
using Rondo.Services.Registry;
using Rondo.Services.Weather;
using Rondo.Services.Weather.Http;

namespace Rondo.Services;

/// <summary>
/// The front desk as a page: what runs, the weather and the rates with their age, and a form that converts without any
/// script.
/// </summary>
internal sealed class HomePage(
    RateBook book, CurrencyConverter converter, WeatherAggregator weather, PlaceBook places, TimeProvider time,
    ServiceRegistry registry)
{
    private const int MostServices = 50;

    private static readonly string[] Shown = ["USD", "GBP", "CHF", "JPY", "SEK", "PLN"];

    public async Task WriteAsync(HttpContext context)
    {
        var rates = book.Current;
        var now = time.GetUtcNow();
        var parameters = new CurrencyParameters(context, Dialect.Native, "amount", "from", "to");
        var address = $"{context.Request.Scheme}://{context.Request.Host}";
        var view = await weather.GetAsync(places.Default, 2, context.RequestAborted);
        await HtmlPage.WriteAsync(context, "Front desk", Html.Of($$"""
            <main class="sheet">
            <h1>The front desk of a shared place</h1>
            <p class="lede">Running: {{string.Join(", ", RondoServer.AllServices)}}.
            Every number says how old it is and where it comes from.</p>
            <section aria-labelledby="weather">
            <h2 id="weather">Weather</h2>
            <p class="say">{{SeedText.Forecast(view) ?? "No source has answered with the weather."}}
            {{(view.IsEmpty ? default : WeatherPage.Origin(view, now))}}</p>
            </section>
            <section aria-labelledby="rates">
            <h2 id="rates">One euro</h2>
            <p class="say">{{Origin(rates, now)}} For information only.</p>
            <dl class="facts">{{Html.Join(Shown.Select(code => Fact(rates, code, now)))}}</dl>
            </section>
            <section aria-labelledby="convert">
            <h2 id="convert">Convert</h2>
            <p class="say">Any of the currencies that the rates have, to the smallest coin of the other.</p>
            <form class="row" action="/#convert">
            <label>Amount<input name="amount" value="{{parameters.Text("amount") ?? "100"}}" inputmode="decimal"
             autocomplete="off" required></label>
            {{Code("From", "from", parameters.Text("from") ?? "EUR")}}
            {{Code("To", "to", parameters.Text("to") ?? "GBP")}}
            <button>Convert</button>
            </form>
            {{(parameters.Text("to") is null ? default : Result(rates, parameters, now))}}
            </section>
            {{Registered()}}
            <section aria-labelledby="programs">
            <h2 id="programs">For programs</h2>
            <p class="say">Everything here is also plain HTTP.</p>
            <pre>curl {{address}}/forecast
            curl {{address}}/convert/GBP/100
            curl '{{address}}/v1/latest?symbols=USD,CHF'</pre>
            <ul class="links">
            <li><a href="/openapi.json">OpenAPI</a></li>
            <li><a href="/currency/status">status of the rates</a></li>
            <li><a href="/currency/currencies">currencies</a></li>
            <li><a href="/readyz">readiness</a></li>
            </ul>
            </section>
            </main>
            """));
    }

    private static Html Code(string label, string name, string value) => Html.Of($$"""
        <label>{{label}}<input name="{{name}}" value="{{value}}" maxlength="3" autocomplete="off"
         autocapitalize="characters" spellcheck="false" required></label>
        """);

    private static Html Origin(RateSnapshot rates, DateTimeOffset now)
    {
        var age = rates.Age(now);
        var shownAge = age.TotalHours < 48
            ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days");
        var quality = rates.IsStale(now)
            ? Html.Of($"<b class=\"stale\">stale</b>, published")
            : Html.Of($"<b class=\"fresh\">current</b>, confirmed");
        return Html.Of($"Rates of {rates.LatestDate} from {rates.LatestSource}, {quality} {shownAge} ago.");
    }

    private Html Registered()
    {
        var services = (registry.Current?.Services.Values ?? []).OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        return services.Count == 0 ? default : Html.Of($$"""
            <section aria-labelledby="registered">
            <h2 id="registered">Registered services</h2>
            <dl class="facts">{{Html.Join(services.Take(MostServices).Select(Registered))}}</dl>
            </section>
            """);
    }

    private static Html Registered(ServiceView service)
    {
        var ready = service.All.Count(i => i.IsReady);
        var states = string.Join(", ", service.All.GroupBy(i => i.State).OrderBy(g => g.Key)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key.Text()}")));
        return Html.Of($$"""
            <div><dt>{{service.Name}}</dt><dd>{{ready.ToString(CultureInfo.InvariantCulture)}}<small>{{states}}</small></dd></div>
            """);
    }

    private static Html Fact(RateSnapshot rates, string code, DateTimeOffset now) =>
        CurrencyCatalog.Find(code) is { } currency
        && rates.Latest >= 0
        && rates.RateOf(currency, rates.Latest, DateOnly.FromDateTime(now.UtcDateTime)).Rate is not 0 and var rate
            ? Html.Of($"<div><dt>{code}</dt><dd>{Plain(rate, "0.####")}<small>{currency.Name}</small></dd></div>")
            : default;

    private Html Result(RateSnapshot rates, CurrencyParameters parameters, DateTimeOffset now)
    {
        var request = new ConversionRequest(
            parameters.Currency("from"), parameters.Currency("to"), parameters.Amount("amount") ?? Amount.One);
        if (parameters.Problem is { } problem)
        {
            return Refusal(problem);
        }

        var error = converter.Convert(rates, request, out var conversion);
        if (error is not ConversionError.None)
        {
            return Refusal(CurrencyProblems.Describe(error, rates, request));
        }

        var result = Plain(conversion.Result, "N" + request.To.MinorUnits);
        var date = conversion.RateDate.ToString("O", CultureInfo.InvariantCulture);
        var quality = rates.IsStale(request, conversion, now) ? Html.Of($", <b class=\"stale\">stale</b>") : default;
        return Html.Of($$"""
            <p class="result"><b>{{result}} {{request.To.Code}}</b>
            <span>{{Plain(request.Amount.Value, "#,0.##########")}} {{request.From.Code}}
            at {{Plain(conversion.Rate, "0.##########")}}, the rate of {{date}}{{quality}}</span></p>
            """);
    }

    private static Html Refusal(Problem problem) =>
        Html.Of($"<p class=\"result refused\" role=\"alert\">{problem.Detail}</p>");

    private static string Plain(decimal number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
