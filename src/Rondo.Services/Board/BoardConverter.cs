using Rondo.Services.Currency;
using Rondo.Services.Currency.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>The form beside the rates that converts an amount, with its answer on the same page.</summary>
internal sealed class BoardConverter(CurrencyConverter converter)
{
    /// <summary>The form, with an answer when something was asked.</summary>
    public Html Of(HttpContext context, BoardFacts facts, PageTexts texts)
    {
        var parameters = new CurrencyParameters(
            context, Dialect.Native, "amount", "from", "to", BoardQuery.Kiosk, BoardQuery.Language, BoardQuery.Refresh);
        var hasAnswer = parameters.Text("to") is not null;
        var language = context.Request.Query[BoardQuery.Language] is [{ } tag] && PageLanguages.Parse(tag) is not null
            ? Html.Of($"<input type=\"hidden\" name=\"{BoardQuery.Language}\" value=\"{tag}\">")
            : default;
        return Html.Of($$"""
            <details class="convert" id="convert"{{(hasAnswer ? " open" : "")}}>
            <summary>{{texts["convert"]}}</summary>
            <form class="row" action="/#convert">{{language}}
            <label>{{texts["convert-amount"]}}<input name="amount" value="{{parameters.Text("amount") ?? "100"}}"
             inputmode="decimal" autocomplete="off" required></label>
            {{Code(texts["convert-from"], "from", parameters.Text("from") ?? "EUR")}}
            {{Code(texts["convert-to"], "to", parameters.Text("to") ?? "GBP")}}
            <button>{{texts["convert"]}}</button>
            </form>
            {{(hasAnswer ? Result(facts, parameters, texts) : default)}}
            </details>
            """);
    }

    private static Html Code(string label, string name, string value) => Html.Of($$"""
        <label>{{label}}<input name="{{name}}" value="{{value}}" maxlength="3" autocomplete="off"
         autocapitalize="characters" spellcheck="false" required></label>
        """);

    private Html Result(BoardFacts facts, CurrencyParameters parameters, PageTexts texts)
    {
        var request = new ConversionRequest(
            parameters.Currency("from"), parameters.Currency("to"), parameters.Amount("amount") ?? Amount.One);
        if (parameters.Problem is { } problem)
        {
            return Refusal(problem);
        }

        if (facts.Rates is not { } rates)
        {
            return Html.Of($"<p class=\"result refused\" role=\"alert\">{texts["rates-nothing"]}</p>");
        }

        var error = converter.Convert(rates, request, out var conversion);
        if (error is not ConversionError.None)
        {
            return Refusal(CurrencyProblems.Describe(error, rates, request));
        }

        var quality = rates.IsStale(request, conversion, facts.At)
            ? Html.Of($" <span class=\"flag doubt\">{texts["quality-stale"]}</span>")
            : default;
        var detail = texts.Say(
            "convert-rate", Plain(request.Amount.Value), request.From.Code, Plain(conversion.Rate),
            texts.Day(conversion.RateDate));
        return Html.Of($$"""
            <p class="result"><b>{{texts.Number(conversion.Result, request.To.MinorUnits)}} {{request.To.Code}}</b>
            <span>{{detail}}{{quality}}</span></p>
            """);

        string Plain(decimal value) => value.ToString("0.##########", System.Globalization.CultureInfo.InvariantCulture)
            .Replace('.', texts.Language is PageLanguage.German ? ',' : '.');
    }

    private static Html Refusal(Problem problem) =>
        Html.Of($"<p class=\"result refused\" role=\"alert\">{problem.Detail}</p>");
}
