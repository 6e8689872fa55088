using System.Globalization;
using Rondo.Services.Currency;

namespace Rondo.Services.Tests.Support;

/// <summary>Short forms for days, tables and snapshots of rates.</summary>
internal static class TestRates
{
    public static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static CurrencyInfo Known(string code) => CurrencyCatalog.Find(code) ?? throw new ArgumentException(code);

    /// <summary>A day from text such as <c>USD=1.22 GBP=0.884</c>.</summary>
    public static RateDay Day(string date, string rates, RateOrigin origin = RateOrigin.Ecb) =>
        new(Date(date), origin, [
        .. rates.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(r => new EuroRate(Known(r[..3]), decimal.Parse(r[4..], CultureInfo.InvariantCulture))),
    ]);

    public static RateTable Table(params IEnumerable<RateDay> days) => RateTable.Empty.Merge(days, out _);

    public static RateSnapshot Snapshot(params IEnumerable<RateDay> days) => new(Table(days), [], 1, null);

    /// <summary>The day as text, in the form that <see cref="Day"/> reads.</summary>
    public static string Text(RateDay day) =>
        string.Join(' ', day.Rates.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Currency}={r.Rate}")));
}
