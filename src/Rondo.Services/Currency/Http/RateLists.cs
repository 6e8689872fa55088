using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>
/// Writes ranges of rates, a row at a time, in the forms that the native and both Frankfurter routes share.
/// </summary>
internal static class RateLists
{
    /// <summary>Flat rows: <c>date,base,quote,rate</c> as CSV, as NDJSON, or as one JSON array.</summary>
    public static async Task WriteRowsAsync(
        HttpContext context,
        RateRange range,
        CurrencyInfo @base,
        string format,
        bool quoteNumbers = false,
        bool expandProviders = false)
    {
        context.Response.ContentType = format is MediaType.Csv ? "text/csv; charset=utf-8" : format;
        using var rows = new RateWriter(context.Response.BodyWriter, context.RequestAborted);
        var (open, between, close) = format is MediaType.Json
            ? ("["u8.ToArray(), ","u8.ToArray(), "]"u8.ToArray())
            : ([], [], []);
        if (format is MediaType.Csv)
        {
            rows.Write(expandProviders ? "date,base,quote,rate,providers\n"u8 : "date,base,quote,rate\n"u8);
        }

        rows.Write(open);
        var isFirst = true;
        while (range.MoveNext())
        {
            for (var i = 0; i < range.Row.Length; i++)
            {
                if (range.Row[i] == RateRange.None)
                {
                    continue;
                }

                rows.Write(isFirst ? [] : between);
                isFirst = false;
                if (format is MediaType.Csv)
                {
                    WriteCsvRow(rows, range, @base, i, expandProviders);
                }
                else
                {
                    WriteJsonRow(rows, range, @base, i, quoteNumbers, expandProviders);
                    rows.Write(format is MediaType.Ndjson ? "\n"u8 : default);
                }
            }

            await rows.SendIfFullAsync();
        }

        rows.Write(close);
        await rows.SendAsync();
    }

    /// <summary>The body of a JSON object keyed by date: <c>"2026-11-20":{"USD":1.08},...</c>.</summary>
    public static async Task WriteByDateAsync(RateWriter json, RateRange range, bool quoteNumbers = false)
    {
        var isFirst = true;
        while (range.MoveNext())
        {
            json.Write(isFirst ? "\""u8 : ",\""u8);
            isFirst = false;
            json.Write(range.Date);
            json.Write("\":"u8);
            WriteRow(json, range, quoteNumbers);
            await json.SendIfFullAsync();
        }
    }

    /// <summary>One row as a JSON object: <c>{"GBP":0.884,"USD":1.08}</c>.</summary>
    public static void WriteRow(RateWriter json, RateRange range, bool quoteNumbers = false)
    {
        json.Write("{"u8);
        var isFirst = true;
        for (var i = 0; i < range.Row.Length; i++)
        {
            if (range.Row[i] == RateRange.None)
            {
                continue;
            }

            json.Write(isFirst ? "\""u8 : ",\""u8);
            isFirst = false;
            json.Write(range.Quotes[i].Code);
            json.Write("\":"u8);
            WriteNumber(json, range.Row[i], quoteNumbers);
        }

        json.Write("}"u8);
    }

    private static void WriteCsvRow(
        RateWriter csv, RateRange range, CurrencyInfo @base, int column, bool expandProviders)
    {
        csv.Write(range.Date);
        csv.Write(","u8);
        csv.Write(@base.Code);
        csv.Write(","u8);
        csv.Write(range.Quotes[column].Code);
        csv.Write(","u8);
        csv.Write(range.Row[column]);
        if (expandProviders)
        {
            csv.Write(",");
            csv.Write(range.Origins[column].ProviderKey());
            csv.Write(":");
            csv.Write(range.Row[column]);
        }

        csv.Write("\n"u8);
    }

    private static void WriteJsonRow(
        RateWriter json, RateRange range, CurrencyInfo @base, int column, bool quoteNumbers, bool expandProviders)
    {
        json.Write("{\"date\":\""u8);
        json.Write(range.Date);
        json.Write("\",\"base\":\""u8);
        json.Write(@base.Code);
        json.Write("\",\"quote\":\""u8);
        json.Write(range.Quotes[column].Code);
        json.Write("\",\"rate\":"u8);
        WriteNumber(json, range.Row[column], quoteNumbers);
        if (expandProviders)
        {
            json.Write(",\"providers\":[{\"key\":\""u8);
            json.Write(range.Origins[column].ProviderKey());
            json.Write("\",\"date\":\""u8);
            json.Write(range.Date);
            json.Write("\",\"rate\":"u8);
            json.Write(range.Row[column]);
            json.Write("}]"u8);
        }

        json.Write("}"u8);
    }

    private static void WriteNumber(RateWriter json, decimal number, bool quoted)
    {
        if (quoted)
        {
            json.Write("\""u8);
        }

        json.Write(number);
        if (quoted)
        {
            json.Write("\""u8);
        }
    }
}
