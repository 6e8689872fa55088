using System.Globalization;

namespace Rondo.Services.Currency.Sources;

/// <summary>Collects the rates of one day from a document and refuses what cannot be one.</summary>
internal sealed class RateDayBuilder(DateOnly date, RateOrigin origin)
{
    private readonly List<EuroRate> _rates = [];

    public DateOnly Date { get; } = date;

    /// <summary>
    /// Adds one rate. Codes that ISO 4217 does not know (gold, coins) are passed over, as is the euro itself.
    /// </summary>
    /// <exception cref="RateFormatException">
    /// The rate is no positive decimal, or the currency is there already.
    /// </exception>
    public void Add(ReadOnlySpan<char> code, ReadOnlySpan<char> rate)
    {
        if (!decimal.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            throw new RateFormatException($"{Date:yyyy-MM-dd}: '{Shorten(rate)}' is not a rate of {Shorten(code)}.");
        }

        Add(code, value);
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{char}, ReadOnlySpan{char})"/>
    public void Add(ReadOnlySpan<char> code, decimal rate)
    {
        var currency = CurrencyCatalog.Find(code);

        // What we do not take need not be possible for a currency, but a document with a rate of zero is broken.
        if (rate <= 0 || (currency is not null && !EuroRate.IsPossible(rate)))
        {
            throw new RateFormatException($"{Date:yyyy-MM-dd}: {rate} is not a possible rate of {Shorten(code)}.");
        }

        if (currency is null || ReferenceEquals(currency, CurrencyCatalog.Euro))
        {
            return;
        }

        if (_rates.Any(r => ReferenceEquals(r.Currency, currency)))
        {
            throw new RateFormatException($"{Date:yyyy-MM-dd}: {currency.Code} is there twice.");
        }

        _rates.Add(new EuroRate(currency, rate));
    }

    /// <summary>The day, or null when it has no rate.</summary>
    public RateDay? Build() => _rates.Count == 0 ? null : new RateDay(Date, origin, _rates);

    /// <summary>Hostile text in a message is cut.</summary>
    public static string Shorten(ReadOnlySpan<char> text) =>
        text.Length <= 40 ? text.ToString() : string.Concat(text[..40], "...");
}
