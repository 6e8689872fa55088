namespace Rondo.Services.Currency;

/// <summary>One currency of ISO 4217, of today or replaced.</summary>
internal sealed class CurrencyInfo
{
    /// <summary>Position in <see cref="CurrencyCatalog.All"/>, for arrays by currency.</summary>
    public required int Index { get; init; }

    public required string Code { get; init; }

    public required string Numeric { get; init; }

    /// <summary>Decimals of an amount: 2 for most, 0 for JPY, 3 for BHD.</summary>
    public required int MinorUnits { get; init; }

    /// <summary>Empty where the code serves as the sign.</summary>
    public required string Symbol { get; init; }

    public required string Name { get; init; }

    public CurrencyInfo? ReplacedBy { get; set; }

    /// <summary>The first day on which it was no longer legal tender or quoted.</summary>
    public DateOnly? ReplacedOn { get; init; }

    /// <summary>
    /// Units per euro by Council regulation, fixed for ever from <see cref="ReplacedOn"/>; 0 for all others.
    /// </summary>
    public decimal FixedEuroRate { get; init; }

    public bool IsFixedOn(DateOnly date) => FixedEuroRate != 0 && date >= ReplacedOn;

    public bool IsReplacedOn(DateOnly date) => date >= ReplacedOn;

    public override string ToString() => Code;
}
