using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>The native read routes under <c>/currency</c>.</summary>
internal sealed class CurrencyEndpoints(RateBook book, RateRefresher refresher, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/currency/rates", Rates);
        routes.MapRead("/currency/currencies", Currencies);
        routes.MapRead("/currency/status", Status);
        routes.MapRead("/currency/overrides", Overrides);
    }

    private async Task Rates(HttpContext context)
    {
        var parameters = new CurrencyParameters(
            context, Dialect.Native, "date", "from", "to", "base", "symbols", "fill", "group", "format", "numbers");
        var rates = book.Current;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var date = parameters.Date("date");
        var (from, to) = (parameters.Date("from"), parameters.Date("to"));
        var grouping = parameters.Choice(
            "group", ("", RateGrouping.Published), ("week", RateGrouping.Week), ("month", RateGrouping.Month));
        if (parameters.Choice("fill", ("", false), ("previous", true)))
        {
            if (grouping is not RateGrouping.Published)
            {
                parameters.Fail(new Problem(ProblemType.InvalidParameter, "'group' and 'fill' exclude each other."));
            }

            grouping = RateGrouping.EveryDay;
        }

        var asNumbers = parameters.Choice("numbers", ("string", false), ("json", true));
        var format = Format(context, parameters);
        CheckDates(parameters, date, from, to, today);
        if (from is null && grouping is not RateGrouping.Published)
        {
            parameters.Fail(new Problem(ProblemType.InvalidParameter, "'group' and 'fill' are for several days: give 'from'."));
        }

        var day = date is null ? rates.Latest : rates.Table.PublicationFor(date.Value);
        var published = day < 0 ? today : rates.Table.Dates[day];
        var request = new RateRangeRequest(from ?? published, from is null ? published : to ?? today)
        {
            Base = parameters.Currency("base"),
            Quotes = parameters.Currencies("symbols"),
            Grouping = grouping,
            ValidOn = from is null ? date ?? today : null,
        };
        if (request.Quotes is [var only] && only == request.Base)
        {
            parameters.Fail(CurrencyProblems.Same(only));
        }

        var extent = parameters.Problem is null && (from is not null || day >= 0) ? RateRange.Measure(rates, request) : null;
        if (extent is not var (first, last, _, sources, isPublished))
        {
            parameters.Fail(CurrencyProblems.NoRate(
                rates, from is null ? date : request.To, [request.Base, .. request.Quotes ?? []]));
            await parameters.Problem!.WriteAsync(context);
            return;
        }

        var settled = rates.IsSettled(request.To);
        if (RateLabels.Write(context, rates, extent.Value, settled, time.GetUtcNow()))
        {
            return;
        }

        var range = new RateRange(rates, request);
        if (format is not MediaType.Json)
        {
            await RateLists.WriteRowsAsync(
                context, range, request.Base, format, quoteNumbers: !asNumbers && format is MediaType.Ndjson);
            return;
        }

        context.Response.ContentType = MediaType.Json;
        using var json = new RateWriter(context.Response.BodyWriter, context.RequestAborted);
        json.Write("{\"base\":\"" + request.Base.Code + "\",");
        json.Write(from is null
            ? $"\"date\":\"{first:yyyy-MM-dd}\","
            : $"\"start_date\":\"{first:yyyy-MM-dd}\",\"end_date\":\"{last:yyyy-MM-dd}\",");
        json.Write(date is null ? "" : $"\"requested_date\":\"{date:yyyy-MM-dd}\",");
        var stale = isPublished && !settled && rates.IsStale(time.GetUtcNow());
        json.Write($"\"source\":\"{sources}\",\"stale\":{(stale ? "true" : "false")},\"rates\":");
        if (from is null)
        {
            range.MoveNext();
            RateLists.WriteRow(json, range, !asNumbers);
        }
        else
        {
            json.Write("{");
            await RateLists.WriteByDateAsync(json, range, !asNumbers);
            json.Write("}");
        }

        json.Write("}");
        await json.SendAsync();
    }

    private static string Format(HttpContext context, CurrencyParameters parameters)
    {
        if (parameters.Text("format") is not null)
        {
            return parameters.Choice(
                "format", ("json", MediaType.Json), ("csv", MediaType.Csv), ("ndjson", MediaType.Ndjson));
        }

        var accepted = MediaType.Choose(
            context.Request.Headers.Accept, MediaType.Json, MediaType.Csv, MediaType.Ndjson);
        if (accepted is null)
        {
            parameters.Fail(new Problem(
                ProblemType.NotAcceptable, "Rates come as application/json, text/csv or application/x-ndjson."));
        }

        return accepted ?? MediaType.Json;
    }

    private static void CheckDates(
        CurrencyParameters parameters, DateOnly? date, DateOnly? from, DateOnly? to, DateOnly today)
    {
        if (date is not null && (from is not null || to is not null))
        {
            parameters.Fail(new Problem(
                ProblemType.InvalidParameter,
                "'date' asks for one day, 'from' and 'to' for several: give one or the other."));
        }
        else if (from is null && to is not null)
        {
            parameters.Fail(new Problem(ProblemType.InvalidParameter, "'to' needs 'from'."));
        }
        else if (date > today || from > today)
        {
            parameters.Fail(CurrencyProblems.Future(date ?? from!.Value));
        }
        else if (from > (to ?? today))
        {
            parameters.Fail(CurrencyProblems.Reversed(from.Value, to ?? today));
        }
    }

    private async Task Currencies(HttpContext context)
    {
        var parameters = new CurrencyParameters(context, Dialect.Native, "date", "format");
        var date = parameters.Date("date");
        var format = Format(context, parameters);
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var rates = book.Current;
        var day = date is { } asked ? rates.Table.PublicationFor(asked) : -1;
        if (RateLabels.Write(context, rates, rates.LatestSource, rates.LatestDate, settled: false, time.GetUtcNow()))
        {
            return;
        }

        // The published ones and those with a fixed rate; with a date, those that could be converted on it.
        var listed = CurrencyCatalog.All.Where(c => date is null
            ? rates.Table.Span(c) is not null || c.FixedEuroRate != 0
            : rates.RateOf(c, day, date.Value).Rate != 0);
        switch (format)
        {
            case MediaType.Json:
                await JsonReply.WriteAsync(context, json =>
                {
                    json.WriteStartArray();
                    foreach (var currency in listed)
                    {
                        Write(json, currency, rates.Table.Span(currency));
                    }

                    json.WriteEndArray();
                });
                break;
            default:
                await WriteLinesAsync(context, listed, rates.Table, format);
                break;
        }
    }

    private Task Status(HttpContext context)
    {
        if (new CurrencyParameters(context, Dialect.Native).Problem is { } problem)
        {
            return problem.WriteAsync(context);
        }

        var rates = book.Current;
        var status = refresher.Status;
        var now = time.GetUtcNow();
        context.Response.Headers.CacheControl = "no-store";
        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("source", rates.LatestSource);
            json.WriteString("date", rates.LatestDate);
            json.WriteBoolean("stale", rates.IsStale(now));
            json.WriteNumber("age_seconds", (long)rates.Age(now).TotalSeconds);
            json.WriteString("last_success", Text(status.LastSuccess));
            json.WriteString("last_failure", Text(status.LastFailure));
            json.WriteString("last_error", status.LastError);
            json.WriteString("next_update", Text(status.Next));
            json.WriteNumber("days", rates.Table.Dates.Length);
            json.WriteNumber("rows", rates.Table.RateCount);
            json.WriteString(
                "first_date",
                rates.Latest < 0 ? null : rates.Table.Dates[0].ToString("O", CultureInfo.InvariantCulture));
            json.WriteNumber("sequence", rates.Sequence);
            json.WriteString("note", "Reference rates are for information; nobody has to trade at them.");
            json.WriteEndObject();
        });
    }

    private Task Overrides(HttpContext context)
    {
        if (new CurrencyParameters(context, Dialect.Native).Problem is { } problem)
        {
            return problem.WriteAsync(context);
        }

        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var set in book.Current.Overrides)
            {
                WriteOverride(json, set);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>An override as the routes that read and write it show it.</summary>
    public static void WriteOverride(Utf8JsonWriter json, RateOverride set)
    {
        json.WriteStartObject();
        json.WriteString("currency", set.Currency.Code);
        json.WriteString("rate", set.Rate.ToString(CultureInfo.InvariantCulture));
        json.WriteString("from", set.From.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("to", set.To?.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CurrencyInfo currency, (DateOnly First, DateOnly Last)? span)
    {
        json.WriteStartObject();
        json.WriteString("code", currency.Code);
        json.WriteString("name", currency.Name);
        json.WriteString("numeric", currency.Numeric);
        json.WriteNumber("minor_units", currency.MinorUnits);
        json.WriteString("first_date", span?.First.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("last_date", span?.Last.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("replaced_by", currency.ReplacedBy?.Code);
        json.WriteEndObject();
    }

    private static async Task WriteLinesAsync(
        HttpContext context, IEnumerable<CurrencyInfo> currencies, RateTable table, string format)
    {
        context.Response.ContentType = format is MediaType.Csv ? "text/csv; charset=utf-8" : format;
        using var lines = new RateWriter(context.Response.BodyWriter, context.RequestAborted);
        lines.Write(format is MediaType.Csv ? "code,name,numeric,minor_units,first_date,last_date,replaced_by\n" : "");
        using var buffer = new MemoryStream();
        foreach (var currency in currencies)
        {
            if (format is MediaType.Csv)
            {
                var span = table.Span(currency);
                lines.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{currency.Code},{currency.Name},{currency.Numeric},{currency.MinorUnits},"
                        + $"{span?.First:yyyy-MM-dd},{span?.Last:yyyy-MM-dd},{currency.ReplacedBy?.Code}\n"));
                continue;
            }

            buffer.SetLength(0);
            using (var json = new Utf8JsonWriter(buffer))
            {
                Write(json, currency, table.Span(currency));
            }

            lines.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
            lines.Write("\n");
        }

        await lines.SendAsync();
    }

    private static string? Text(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
