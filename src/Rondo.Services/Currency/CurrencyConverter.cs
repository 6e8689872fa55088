namespace Rondo.Services.Currency;

/// <summary>What to convert; no date means the latest rates.</summary>
internal readonly record struct ConversionRequest(
    CurrencyInfo From,
    CurrencyInfo To,
    Amount Amount,
    DateOnly? Date = null,
    MoneyRounding Rounding = MoneyRounding.HalfUp);

/// <summary>A converted amount with the rate it took and where and when that was published.</summary>
internal readonly record struct Conversion(decimal Result, decimal Rate, DateOnly RateDate, RateOrigin Origin);

internal enum ConversionError
{
    None,
    AmountTooLarge,
    DateInFuture,
    NoRateForDate,
    NoRates,
}

/// <summary>Converts amounts between any two currencies through their rates against the euro.</summary>
internal sealed class CurrencyConverter(TimeProvider time)
{
    public ConversionError Convert(RateSnapshot rates, in ConversionRequest request, out Conversion conversion)
    {
        conversion = default;
        if (request.Amount.Value > Amount.Largest)
        {
            return ConversionError.AmountTooLarge;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (request.Date > today)
        {
            return ConversionError.DateInFuture;
        }

        var date = request.Date ?? today;
        var day = request.Date is { } asked ? rates.Table.PublicationFor(asked) : rates.Latest;
        var from = rates.RateOf(request.From, day, date);
        var to = rates.RateOf(request.To, day, date);
        if (from.Rate == 0 || to.Rate == 0)
        {
            return rates.Latest < 0 ? ConversionError.NoRates : ConversionError.NoRateForDate;
        }

        var isPublished = day >= 0 && (from.Origin.IsPublished() || to.Origin.IsPublished());
        try
        {
            conversion = new Conversion(
                Result(request, from.Rate, to.Rate, date),
                from.Rate == 1 ? to.Rate : Money.RoundRate(to.Rate / from.Rate),
                isPublished ? rates.Table.Dates[day] : date,
                OriginOf(from, to));
            return ConversionError.None;
        }
        catch (OverflowException)
        {
            // Only rates set by hand can be that far apart.
            return ConversionError.AmountTooLarge;
        }
    }

    /// <summary>The amount in the other currency; two that the euro replaced go through the euro, as the regulation says.</summary>
    public static decimal Result(in ConversionRequest request, decimal from, decimal to, DateOnly date)
    {
        var throughEuro = request.From.IsFixedOn(date) && request.To.IsFixedOn(date) && request.From != request.To;
        return throughEuro
            ? Money.ConvertThroughEuro(request.Amount, to, from, request.To.MinorUnits, request.Rounding)
            : Money.Convert(request.Amount, to, from, request.To.MinorUnits, request.Rounding);
    }

    /// <summary>Whose rate a rate between two currencies is: by hand if one is, else published if one is, else fixed.</summary>
    public static RateOrigin OriginOf(QuotedRate from, QuotedRate to) =>
        from.Origin is RateOrigin.Override || to.Origin is RateOrigin.Override ? RateOrigin.Override
        : to.Origin.IsPublished() ? to.Origin
        : from.Origin;
}
