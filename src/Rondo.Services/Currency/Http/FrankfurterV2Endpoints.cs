using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// The core of Frankfurter's v2: flat rows of rates, currencies and providers. A provider here is one of our sources.
/// </summary>
internal sealed class FrankfurterV2Endpoints(RateBook book, TimeProvider time)
{
    /// <summary>
    /// A currency counts as current while its last rate is not older than this against the newest of all.
    /// </summary>
    private const int CurrentDays = 30;

    private static readonly byte[] About = """
        {"version":"v2","status":"current","openapi":"/openapi.json","docs":"https://frankfurter.dev"}
        """u8.ToArray();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v2", context => JsonReply.WriteAsync(context, About));
        routes.MapRead("/v2/rates", context => Rates(context, null));
        routes.MapRead("/v2/rates.csv", context => Rates(context, MediaType.Csv));
        routes.MapRead("/v2/rate/{base}/{quote}", Rate);
        routes.MapRead("/v2/currencies", Currencies);
        routes.MapRead("/v2/currency/{code}", Currency);
        routes.MapRead("/v2/providers", Providers);
    }

    private async Task Rates(HttpContext context, string? format)
    {
        var parameters = new CurrencyParameters(
            context, Dialect.FrankfurterV2, "base", "quotes", "providers", "date", "from", "to", "group", "expand");
        format ??= MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, MediaType.Ndjson, MediaType.Csv);
        if (format is null)
        {
            parameters.Fail(new Problem(
                ProblemType.NotAcceptable, "Rates come as application/json, application/x-ndjson or text/csv."));
        }

        var rates = book.Current;
        var request = Read(parameters, rates);
        var expand = parameters.Choice("expand", ("", false), ("providers", true));
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (RateRange.Measure(rates, request) is not { } extent)
        {
            // Nothing, from nobody, and perhaps something after the next refresh.
            context.Response.Headers.CacheControl = "no-store";
        }
        else if (RateLabels.Write(context, rates, extent, rates.IsSettled(request.To), time.GetUtcNow()))
        {
            return;
        }

        await RateLists.WriteRowsAsync(
            context, new RateRange(rates, request), request.Base, format!, expandProviders: expand);
    }

    private async Task Rate(HttpContext context)
    {
        var parameters = new CurrencyParameters(context, Dialect.FrankfurterV2, "date", "providers", "expand");
        var @base = parameters.CurrencyOf((string)context.Request.RouteValues["base"]!);
        var quote = parameters.CurrencyOf((string)context.Request.RouteValues["quote"]!);
        var expand = parameters.Choice("expand", ("", false), ("providers", true));
        var rates = book.Current;
        var request = Read(parameters, rates) with { Base = @base, Quotes = [quote], IncludeBase = true };
        var range = new RateRange(rates, request);
        if (parameters.Problem is null && !range.MoveNext())
        {
            parameters.Fail(CurrencyProblems.NoRate(rates, parameters.Date("date"), @base, quote));
        }

        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var date = range.Date.ToString("O", CultureInfo.InvariantCulture);
        var origin = range.Origins[0];
        if (RateLabels.Write(
            context, rates, origin.Label(), date, rates.IsSettled(range.Date), time.GetUtcNow(), origin.IsPublished()))
        {
            return;
        }

        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("date", date);
            json.WriteString("base", @base.Code);
            json.WriteString("quote", quote.Code);
            json.WriteNumber("rate", range.Row[0]);
            if (expand)
            {
                json.WriteStartArray("providers");
                json.WriteStartObject();
                json.WriteString("key", origin.ProviderKey());
                json.WriteString("date", date);
                json.WriteNumber("rate", range.Row[0]);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteEndObject();
        });
    }

    private RateRangeRequest Read(CurrencyParameters parameters, RateSnapshot rates)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var date = parameters.Date("date");
        var (from, to) = (parameters.Date("from"), parameters.Date("to"));
        if (date is not null && (from is not null || to is not null))
        {
            parameters.Fail(new Problem(
                ProblemType.InvalidParameter, "conflicting params: 'date' excludes 'from' and 'to'.")
            {
                Status = 422,
            });
        }
        else if (from is null && to is not null)
        {
            parameters.Fail(new Problem(ProblemType.InvalidParameter, "'to' needs 'from'.") { Status = 422 });
        }
        else if (from > (to ?? today))
        {
            parameters.Fail(CurrencyProblems.Reversed(from.Value, to ?? today));
        }

        var newest = rates.Latest < 0 ? today : rates.Table.Dates[^1];
        return new RateRangeRequest(
            from ?? Published(rates, date, newest), from is null ? Published(rates, date, newest) : to ?? today)
        {
            Base = parameters.Currency("base"),
            Quotes = parameters.Currencies("quotes"),
            Grouping = parameters.Choice(
                "group", ("", RateGrouping.Published), ("week", RateGrouping.Week), ("month", RateGrouping.Month)),
            Origins = Origins(parameters.Text("providers")),
            IncludeBase = true,
            ValidOn = from is null ? date ?? today : null,
        };
    }

    // A date without a publication is answered by the one before it, and carries its date.
    private static DateOnly Published(RateSnapshot rates, DateOnly? date, DateOnly newest) =>
        date is null ? newest
        : rates.Table.PublicationFor(date.Value) is >= 0 and var day ? rates.Table.Dates[day]
        : date.Value;

    private static HashSet<RateOrigin>? Origins(string? keys) => keys is null ? null : Enum.GetValues<RateOrigin>()
        .Where(o => keys.Split(',').Contains(o.ProviderKey(), StringComparer.OrdinalIgnoreCase)).ToHashSet();

    private async Task Currencies(HttpContext context)
    {
        var parameters = new CurrencyParameters(context, Dialect.FrankfurterV2, "scope", "providers");
        var all = parameters.Choice("scope", ("", false), ("all", true));
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var table = book.Current.Table;
        var providers = Origins(parameters.Text("providers"));
        IEnumerable<CurrencyInfo> provided = providers is null
            ? CurrencyCatalog.All
            : table.Coverage
                .Where(c => providers.Contains(c.Origin))
                .SelectMany(c => c.Currencies.Append(CurrencyCatalog.Euro))
                .Distinct().OrderBy(c => c.Code, StringComparer.Ordinal);
        await JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var currency in provided)
            {
                if (table.Span(currency) is { } span
                    && (all || span.Last.DayNumber >= table.Dates[^1].DayNumber - CurrentDays))
                {
                    WriteCurrency(json, currency, span, null);
                }
            }

            json.WriteEndArray();
        });
    }

    private async Task Currency(HttpContext context)
    {
        var code = (string)context.Request.RouteValues["code"]!;
        var table = book.Current.Table;
        if (new CurrencyParameters(context, Dialect.FrankfurterV2).Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (CurrencyCatalog.Find(code) is not { } currency)
        {
            await CurrencyProblems.Unknown(code).WriteAsync(context);
            return;
        }

        if (table.Span(currency) is not { } span)
        {
            await CurrencyProblems.NeverPublished(currency).WriteAsync(context);
            return;
        }

        var providers = table.Coverage.Where(c => c.Currencies.Contains(currency)).Select(c => c.Origin);
        await JsonReply.WriteAsync(context, json => WriteCurrency(json, currency, span, providers));
    }

    private Task Providers(HttpContext context) =>
        new CurrencyParameters(context, Dialect.FrankfurterV2).Problem is { } problem
            ? problem.WriteAsync(context)
            : JsonReply.WriteAsync(context, WriteProviders);

    private void WriteProviders(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (origin, first, last, currencies) in book.Current.Table.Coverage)
        {
            json.WriteStartObject();
            json.WriteString("key", origin.ProviderKey());
            json.WriteString("name", origin is RateOrigin.Ecb ? "European Central Bank" : origin.Label());
            json.WriteString("pivot_currency", "EUR");
            json.WriteString("start_date", Text(first));
            json.WriteString("end_date", Text(last));
            json.WriteStartArray("currencies");
            foreach (var currency in currencies)
            {
                json.WriteStringValue(currency.Code);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCurrency(
        Utf8JsonWriter json,
        CurrencyInfo currency,
        (DateOnly First, DateOnly Last) span,
        IEnumerable<RateOrigin>? providers)
    {
        json.WriteStartObject();
        json.WriteString("iso_code", currency.Code);
        json.WriteString("iso_numeric", currency.Numeric);
        json.WriteString("name", currency.Name);
        json.WriteString("symbol", currency.Symbol.Length == 0 ? null : currency.Symbol);
        json.WriteString("start_date", Text(span.First));
        json.WriteString("end_date", Text(span.Last));
        if (providers is not null)
        {
            json.WriteStartArray("providers");
            foreach (var provider in providers)
            {
                json.WriteStringValue(provider.ProviderKey());
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Text(DateOnly date) => date.ToString("O", CultureInfo.InvariantCulture);
}
