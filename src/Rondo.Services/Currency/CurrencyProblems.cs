using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>The problem types of the currency service; docs/services/currency.md lists when each is answered.</summary>
internal static class CurrencyProblems
{
    private const string Advice = " 'rondo currency import FILE' adds the European Central Bank's history.";

    private static readonly ProblemType InvalidAmount = new("invalid-amount", 400, "Amount not understood");
    private static readonly ProblemType AmountTooLarge = new("amount-too-large", 422, "Amount too large");
    private static readonly ProblemType InvalidCurrency = new("invalid-currency", 400, "Currency not understood");
    private static readonly ProblemType UnknownCurrency = new("unknown-currency", 404, "Unknown currency");
    private static readonly ProblemType InvalidDate = new("invalid-date", 400, "Date not understood");
    private static readonly ProblemType DateInFuture = new("date-in-future", 422, "Date in the future");
    private static readonly ProblemType RangeReversed = new("range-reversed", 422, "Range reversed");
    private static readonly ProblemType SameCurrency = new("same-currency", 422, "Nothing to convert");
    private static readonly ProblemType NoRateForDate = new("no-rate-for-date", 404, "No rate for that date");
    private static readonly ProblemType NoRates = new("no-rates", 503, "No rates yet");
    private static readonly ProblemType InvalidRates = new("invalid-rates", 422, "Rates not usable");
    private static readonly ProblemType RatesFromFile = new("rates-from-file", 409, "Rates come from a file");
    private static readonly ProblemType NothingToRefresh = new("no-source", 409, "No source to ask");

    public static Problem Amount(int status = 400) => new(
        InvalidAmount, "An amount is written in digits with at most one point, such as 100 or 99.95.")
    { Status = status };

    public static Problem TooLarge() => new(AmountTooLarge, "Amounts above 1000000000000000 (1e15) are not converted.");

    public static Problem NotACode(string text, int status = 400) => new(
        InvalidCurrency, $"'{Shorten(text)}' is no currency code: a code has three letters, such as EUR.")
    { Status = status };

    public static Problem Unknown(string code, int status = 404)
    {
        var shown = Shorten(code).ToUpperInvariant();
        return new Problem(
            UnknownCurrency,
            $"{shown} is not a currency we have; did you mean {CurrencyCatalog.Nearest(shown)}?",
            ("currency", shown))
        { Status = status };
    }

    public static Problem Date(string text, int status = 400) => new(
        InvalidDate, $"'{Shorten(text)}' is no date: write it as 2026-11-20.")
    { Status = status };

    public static Problem Future(DateOnly date) => new(DateInFuture, $"There are no rates for {date:yyyy-MM-dd} yet.");

    public static Problem Reversed(DateOnly from, DateOnly to) => new(
        RangeReversed, $"The range starts on {from:yyyy-MM-dd}, after its end on {to:yyyy-MM-dd}.");

    public static Problem Same(CurrencyInfo currency) => new(
        SameCurrency, $"bad currency pair: {currency.Code} to {currency.Code}.");

    /// <summary>Says what there is instead, and how to get more.</summary>
    public static Problem NoRate(RateSnapshot rates, DateOnly? date, params ReadOnlySpan<CurrencyInfo> currencies)
    {
        var dates = rates.Table.Dates;
        if (dates.Length == 0)
        {
            return new Problem(NoRates, "There are no rates yet: the sources have not answered so far.");
        }

        var day = date is { } asked ? rates.Table.PublicationFor(asked) : rates.Latest;
        if (day < 0)
        {
            return new Problem(
                NoRateForDate,
                $"There is no rate within {RateTable.LookBackDays} days before {date:yyyy-MM-dd}; "
                + $"the rates here reach from {dates[0]:yyyy-MM-dd} to {dates[^1]:yyyy-MM-dd}." + Advice);
        }

        foreach (var currency in currencies)
        {
            if (rates.RateOf(currency, day, date ?? dates[day]).Rate == 0)
            {
                return NotPublished(rates.Table, currency, day);
            }
        }

        return new Problem(NoRateForDate, $"Nothing that was asked for was published for {dates[day]:yyyy-MM-dd}.");
    }

    /// <summary>A currency of ISO 4217 for which there is no publication at all.</summary>
    public static Problem NeverPublished(CurrencyInfo currency) => new(
        NoRateForDate, $"{currency.Code} is known, but no source here publishes its rate.", ("currency", currency.Code));

    public static Problem Describe(ConversionError error, RateSnapshot rates, in ConversionRequest request) =>
        error switch
        {
            ConversionError.AmountTooLarge => TooLarge(),
            ConversionError.DateInFuture => Future(request.Date!.Value),
            _ => NoRate(rates, request.Date, request.From, request.To),
        };

    public static Problem Unusable(string reason) => new(InvalidRates, reason);

    public static Problem NoSource() => new(NothingToRefresh, "Rondo runs offline: there is no source to ask.");

    public static Problem OnlyFromFile() => new(
        RatesFromFile,
        "Rondo runs with --rates: that file alone says what the rates are. Change the file; it is read again.");

    private static Problem NotPublished(RateTable table, CurrencyInfo currency, int day)
    {
        var reach = table.Span(currency) is var (first, last)
            ? $"Its rates here reach from {first:yyyy-MM-dd} to {last:yyyy-MM-dd}."
            : "No source here publishes one.";
        return new Problem(
            NoRateForDate,
            $"{currency.Code} has no rate for {table.Dates[day]:yyyy-MM-dd}. {reach}"
            + (table.OriginOf(day) is RateOrigin.Bundled ? Advice : ""),
            ("currency", currency.Code));
    }

    private static string Shorten(string text) => text.Length <= 20 ? text : text[..20] + "...";
}
