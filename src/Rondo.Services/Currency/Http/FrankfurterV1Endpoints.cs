using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// The routes of Frankfurter's frozen v1, for clients that only change their base address. Amounts are exact here and
/// rounded to the minor unit, where the original rounds to a few digits; everything else has its shape.
/// </summary>
internal sealed class FrankfurterV1Endpoints(RateBook book, TimeProvider time)
{
    private static readonly byte[] About = """
        {"version":"v1","status":"frozen","openapi":"/openapi.json","docs":"https://frankfurter.dev"}
        """u8.ToArray();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/v1", context => JsonReply.WriteAsync(context, About));
        routes.MapRead("/v1/latest", context => OneDay(context, null));
        routes.MapRead("/v1/current", context => OneDay(context, null));
        routes.MapRead("/v1/currencies", Currencies);
        routes.MapRead("/v1/{dates}", Dates);
    }

    private Task Dates(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["dates"]!;
        var parameters = new CurrencyParameters(context, Dialect.FrankfurterV1);
        if (text.IndexOf("..", StringComparison.Ordinal) is not (>= 0 and var dots))
        {
            var date = parameters.DateOf(text);
            return parameters.Problem?.WriteAsync(context) ?? OneDay(context, date);
        }

        var from = parameters.DateOf(text[..dots]);
        var to = text[(dots + 2)..] is { Length: > 0 } end ? parameters.DateOf(end) : Today();
        if (from > to)
        {
            parameters.Fail(CurrencyProblems.Reversed(from.Value, to.Value));
        }

        return parameters.Problem?.WriteAsync(context) ?? Range(context, from!.Value, to!.Value);
    }

    private async Task OneDay(HttpContext context, DateOnly? date)
    {
        var rates = book.Current;
        var day = date is null ? rates.Latest : rates.Table.PublicationFor(date.Value);
        var published = day < 0 ? Today() : rates.Table.Dates[day];
        var oneDay = new RateRangeRequest(published, published) { ValidOn = date ?? Today() };
        if (Read(context, oneDay, out var request) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (day < 0 || RateRange.Measure(rates, request) is not { } extent)
        {
            await CurrencyProblems.NoRate(rates, date, [request.Base, .. request.Quotes ?? []]).WriteAsync(context);
            return;
        }

        if (RateLabels.Write(context, rates, extent, rates.IsSettled(date), time.GetUtcNow()))
        {
            return;
        }

        var range = new RateRange(rates, request);
        range.MoveNext();
        using var json = Begin(context, request);
        json.Write(",\"date\":\"");
        json.Write(published);
        json.Write("\",\"rates\":");
        RateLists.WriteRow(json, range);
        json.Write("}");
        await json.SendAsync();
    }

    private async Task Range(HttpContext context, DateOnly from, DateOnly to)
    {
        var rates = book.Current;
        if (Read(context, new RateRangeRequest(from, to), out var request) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (RateRange.Measure(rates, request) is not { } extent)
        {
            await CurrencyProblems.NoRate(rates, to, [request.Base, .. request.Quotes ?? []]).WriteAsync(context);
            return;
        }

        if (RateLabels.Write(context, rates, extent, rates.IsSettled(to), time.GetUtcNow()))
        {
            return;
        }

        using var json = Begin(context, request);
        json.Write(",\"start_date\":\"");
        json.Write(extent.First);
        json.Write("\",\"end_date\":\"");
        json.Write(extent.Last);
        json.Write("\",\"rates\":{");
        await RateLists.WriteByDateAsync(json, new RateRange(rates, request));
        json.Write("}}");
        await json.SendAsync();
    }

    private static Problem? Read(HttpContext context, RateRangeRequest dates, out RateRangeRequest request)
    {
        var parameters = new CurrencyParameters(context, Dialect.FrankfurterV1);
        var amount = parameters.Amount("amount");
        request = dates with
        {
            Base = parameters.Currency("from", "base"),
            Quotes = parameters.Currencies("to", "symbols"),
            Amount = amount?.Value == 1 ? null : amount,
            Rounding = parameters.Rounding(),
        };
        if (request.Quotes is [var only] && only == request.Base)
        {
            parameters.Fail(CurrencyProblems.Same(only));
        }

        return parameters.Problem;
    }

    private static RateWriter Begin(HttpContext context, RateRangeRequest request)
    {
        context.Response.ContentType = MediaType.Json;
        var json = new RateWriter(context.Response.BodyWriter, context.RequestAborted);
        var amount = (request.Amount ?? Amount.One).Value;
        json.Write("{\"amount\":");
        json.Write(amount);
        json.Write(decimal.IsInteger(amount) ? ".0" : "");
        json.Write(",\"base\":\"");
        json.Write(request.Base.Code);
        json.Write("\"");
        return json;
    }

    private Task Currencies(HttpContext context)
    {
        var rates = book.Current;
        if (RateLabels.Write(context, rates, rates.LatestSource, rates.LatestDate, settled: false, time.GetUtcNow()))
        {
            return Task.CompletedTask;
        }

        return JsonReply.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            foreach (var currency in CurrencyCatalog.All
                .Where(c => rates.Latest >= 0 && rates.Table[rates.Latest, c] != 0))
            {
                json.WriteString(currency.Code, currency.Name);
            }

            json.WriteEndObject();
        });
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
}
