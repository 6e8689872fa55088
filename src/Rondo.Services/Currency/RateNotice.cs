using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Currency;

/// <summary>One change of the rates: what a source brought, or what was set by hand.</summary>
/// <param name="Origin">Who made it.</param>
/// <param name="First">The first day that it touches.</param>
/// <param name="Last">The last; null when it holds from the first day on.</param>
internal sealed record RateChange(RateOrigin Origin, DateOnly First, DateOnly? Last)
{
    /// <summary>How many publications it brought.</summary>
    public int? Days { get; init; }

    /// <summary>The currency that was set by hand.</summary>
    public CurrencyInfo? Currency { get; init; }

    /// <summary>Its rate; null when what was set by hand was removed.</summary>
    public decimal? Rate { get; init; }
}

/// <summary>
/// What the stream of rates is told about a change. It waits in the rates' own database until it is in the stream: the
/// two are different files, and neither may know of a change that the other has lost.
/// </summary>
/// <param name="Key">Names it, so that it is in the stream once.</param>
/// <param name="Data">The event's data.</param>
internal sealed record RateNotice(string Key, byte[] Data)
{
    /// <summary>The newest day whole, and what has changed.</summary>
    public static byte[] Describe(RateSnapshot rates, RateChange? change)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("source", rates.LatestSource);
            json.WriteString("date", rates.LatestDate);
            json.WriteString("base", CurrencyCatalog.Euro.Code);
            WriteNewestDay(json, rates);
            if (change is not null)
            {
                WriteChange(json, change);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteNewestDay(Utf8JsonWriter json, RateSnapshot rates)
    {
        json.WriteStartObject("rates");
        var day = rates.Latest;
        if (day >= 0)
        {
            var date = rates.Table.Dates[day];
            foreach (var currency in rates.Table.Currencies)
            {
                var (rate, origin) = rates.RateOf(currency, day, date);
                if (rates.Table[day, currency] != 0 || origin is RateOrigin.Override)
                {
                    json.WriteString(currency.Code, Text(rate));
                }
            }
        }

        json.WriteEndObject();
    }

    // What arrived may be older days of another source than the newest ones.
    private static void WriteChange(Utf8JsonWriter json, RateChange change)
    {
        json.WriteStartObject("changed");
        json.WriteString("source", change.Origin.Label());
        if (change.Currency is { } currency)
        {
            json.WriteString("currency", currency.Code);
            json.WriteString("rate", change.Rate is { } rate ? Text(rate) : null);
        }

        json.WriteString("first_date", Text(change.First));
        json.WriteString("last_date", change.Last is { } last ? Text(last) : null);
        if (change.Days is { } days)
        {
            json.WriteNumber("days", days);
        }

        json.WriteEndObject();
    }

    private static string Text(decimal rate) => rate.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Text(DateOnly date) => date.ToString("O", CultureInfo.InvariantCulture);
}
