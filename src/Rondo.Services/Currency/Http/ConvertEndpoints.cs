using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// <c>GET /convert/{currency}/{amount}</c>, the talks' route with its exact text, and <c>GET /currency/convert</c>.
/// </summary>
internal sealed class ConvertEndpoints(
    RateBook book, CurrencyConverter converter, RateRefresher refresher, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/convert/{currency}/{amount}", ConvertPath);
        routes.MapRead("/currency/convert", ConvertQuery);
    }

    private Task ConvertPath(HttpContext context)
    {
        var route = context.Request.RouteValues;
        var code = (string)route["currency"]!;
        var text = (string)route["amount"]!;

        // The common call has no query: it needs no parameters read.
        if (!context.Request.QueryString.HasValue
            && CurrencyCatalog.Find(code) is { } to
            && Amount.TryParse(text, out var amount))
        {
            return Answer(
                context, new ConversionRequest(CurrencyCatalog.Euro, to, amount), jsonOnly: false, numbers: false);
        }

        var parameters = new CurrencyParameters(context, Dialect.Native, "from", "date", "rounding", "numbers");
        var request = new ConversionRequest(
            parameters.Currency("from"),
            parameters.CurrencyOf(code),
            parameters.AmountOf(text),
            parameters.Date("date"),
            parameters.Rounding());
        var numbers = parameters.Choice("numbers", ("string", false), ("json", true));
        return parameters.Problem is { } problem
            ? problem.WriteAsync(context)
            : Answer(context, request, jsonOnly: false, numbers);
    }

    private Task ConvertQuery(HttpContext context)
    {
        var parameters = new CurrencyParameters(
            context, Dialect.Native, "from", "to", "amount", "date", "rounding", "numbers");
        var to = parameters.Currency("to");
        var amount = parameters.Amount("amount") ?? Amount.One;
        if (parameters.Text("to") is null)
        {
            parameters.Fail(new Problem(
                ProblemType.InvalidParameter, "'to' is missing: name the currency to convert to, such as to=GBP."));
        }

        var request = new ConversionRequest(
            parameters.Currency("from"), to, amount, parameters.Date("date"), parameters.Rounding());
        var numbers = parameters.Choice("numbers", ("string", false), ("json", true));
        return parameters.Problem is { } problem
            ? problem.WriteAsync(context)
            : Answer(context, request, jsonOnly: true, numbers);
    }

    private Task Answer(HttpContext context, in ConversionRequest request, bool jsonOnly, bool numbers)
    {
        var format = jsonOnly
            ? MediaType.Choose(context.Request.Headers.Accept, MediaType.Json)
            : MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Json);
        if (format is null)
        {
            return new Problem(
                    ProblemType.NotAcceptable, "This comes as application/json" + (jsonOnly ? "." : " or text/plain."))
                .WriteAsync(context);
        }

        var rates = book.Current;
        var error = converter.Convert(rates, request, out var conversion);
        if (error is not ConversionError.None)
        {
            return CurrencyProblems.Describe(error, rates, request).WriteAsync(context);
        }

        var settled = rates.IsSettled(request.Date);
        var isLatest = rates.Latest >= 0 && conversion.RateDate == rates.Table.Dates[^1];
        var date = isLatest ? rates.LatestDate : conversion.RateDate.ToString("O", CultureInfo.InvariantCulture);
        var isPublished = conversion.Origin.IsPublished();
        if (RateLabels.Write(context, rates, conversion.Origin.Label(), date, settled, time.GetUtcNow(), isPublished))
        {
            return Task.CompletedTask;
        }

        return ReferenceEquals(format, MediaType.Text)
            ? WriteText(context, request.To, conversion.Result)
            : WriteJson(
                context, request, conversion, rates.IsStale(request, conversion, time.GetUtcNow()), numbers);
    }

    private static Task WriteText(HttpContext context, CurrencyInfo currency, decimal result)
    {
        Span<byte> text = stackalloc byte[64];
        for (var i = 0; i < 3; i++)
        {
            text[i] = (byte)currency.Code[i];
        }

        text[3] = (byte)' ';
        var length = 4 + Money.Format(result, text[4..]);
        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = length;
        text[..length].CopyTo(response.BodyWriter.GetSpan(length));
        response.BodyWriter.Advance(length);
        return Flush(context);
    }

    private Task WriteJson(
        HttpContext context, in ConversionRequest request, in Conversion conversion, bool stale, bool numbers)
    {
        context.Response.ContentType = MediaType.Json;
        using (var json = JsonReply.Writer(context))
        {
            ConversionJson.Write(json, request, conversion, stale, refresher.Status.Next, numbers);
        }

        return Flush(context);
    }

    private static Task Flush(HttpContext context)
    {
        var flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }
}
