using Rondo.Services.Currency;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>What one euro is in some currencies, of which day, from whom.</summary>
internal static class RateTile
{
    private const int Significant = 5;

    public static Html Of(BoardFacts facts, PageTexts texts)
    {
        if (facts.Rates is not { Latest: >= 0 } rates)
        {
            return Html.Of($"<p class=\"nothing\">{texts["rates-nothing"]}</p>");
        }

        var shown = facts.Settings.Currencies.Select(code => Rate(facts, code, texts));
        var quality = rates.IsStale(facts.At)
            ? Html.Of($" <span class=\"flag doubt\">{texts["quality-stale"]}</span>")
            : default;
        var origin = texts.Say("rates-origin", texts.Day(rates.Table.Dates[^1]), rates.LatestSource);
        return Html.Of($$"""
            <dl class="rates">{{Html.Join(shown)}}</dl>
            <p class="fine">{{BoardAge.Of(facts.At - rates.Age(facts.At))}}{{quality}} <span>{{origin}}</span></p>
            """);
    }

    /// <summary>A rate with as many decimals as make five digits; null when there is none.</summary>
    public static string? Text(BoardFacts facts, string code, PageTexts texts)
    {
        var rate = Value(facts, code);
        var whole = rate is { } known ? Math.Max(1, ((long)known).ToString("0", null).Length) : 0;
        return rate is null ? null : texts.Number(rate.Value, Math.Clamp(Significant - whole, 0, 4));
    }

    public static decimal? Value(BoardFacts facts, string code) =>
        CurrencyCatalog.Find(code) is { } currency
        && facts.Rates is { } rates
        && rates.RateOf(currency, rates.Latest, DateOnly.FromDateTime(facts.At.UtcDateTime)).Rate is not 0
            and var rate
            ? rate
            : null;

    private static Html Rate(BoardFacts facts, string code, PageTexts texts) => Html.Of($$"""
        <div><dt><abbr title="{{CurrencyCatalog.Find(code)?.Name}}">{{code}}</abbr></dt>
        <dd>{{Text(facts, code, texts) ?? "–"}}</dd></div>
        """);
}
