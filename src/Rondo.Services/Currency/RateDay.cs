namespace Rondo.Services.Currency;

/// <summary>Where rates come from; a higher one replaces a lower one for the same day.</summary>
internal enum RateOrigin : byte
{
    /// <summary>
    /// The snapshot that ships with Rondo, made from the npm package @fawazahmed0/currency-api (CC0).
    /// </summary>
    Bundled,

    /// <summary>A server that answers in the shape of fixer.io.</summary>
    Fixer,

    /// <summary>The European Central Bank's reference rates.</summary>
    Ecb,

    /// <summary>The file named by <c>--rates</c>.</summary>
    File,

    /// <summary>A conversion rate fixed by a regulation of the Council of the European Union.</summary>
    Fixed,

    /// <summary>A rate that somebody here has set by hand.</summary>
    Override,
}

internal static class RateOrigins
{
    private static readonly string[] Labels = ["currency-api", "fixer", "ECB", "file", "EU", "override"];
    private static readonly string[] ProviderKeys = Labels.Select(l => l.ToUpperInvariant()).ToArray();

    /// <summary>The name that answers carry.</summary>
    public static string Label(this RateOrigin origin) => Labels[(int)origin];

    /// <summary>The label as Frankfurter writes the keys of its providers.</summary>
    public static string ProviderKey(this RateOrigin origin) => ProviderKeys[(int)origin];

    /// <summary>False for rates that do not age, being fixed by law or set by hand.</summary>
    public static bool IsPublished(this RateOrigin origin) => origin is not (RateOrigin.Fixed or RateOrigin.Override);

    public static RateOrigin Parse(string label) => (RateOrigin)Array.IndexOf(Labels, label);
}

/// <summary>Units of <paramref name="Currency"/> for one euro.</summary>
internal readonly record struct EuroRate(CurrencyInfo Currency, decimal Rate)
{
    /// <summary>
    /// Within these bounds every accepted amount converts between any two currencies without overflow. No currency of
    /// today is worth more than three euro; the old Turkish lira, at 1.8 million, is the largest rate ever published.
    /// </summary>
    public const decimal Smallest = 0.001m;

    /// <inheritdoc cref="Smallest"/>
    public const decimal Largest = 10_000_000m;

    public static bool IsPossible(decimal rate) => rate is >= Smallest and <= Largest;
}

/// <summary>The rates that one source published for one day; all against the euro, each currency once.</summary>
internal sealed record RateDay(DateOnly Date, RateOrigin Origin, IReadOnlyList<EuroRate> Rates);
