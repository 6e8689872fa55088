using System.Globalization;

namespace Rondo.Services.Currency;

/// <summary>A rate that somebody has set by hand, from one day on, perhaps until another.</summary>
internal sealed record RateOverride(CurrencyInfo Currency, decimal Rate, DateOnly From, DateOnly? To)
{
    public bool Covers(DateOnly date) => date >= From && (To is null || date <= To);
}

/// <summary>Units of a currency for one euro and where they come from; a rate of 0 means that there is none.</summary>
internal readonly record struct QuotedRate(decimal Rate, RateOrigin Origin);

/// <summary>
/// Everything an answer about rates needs, at one moment. Immutable: readers take it once and stay consistent.
/// </summary>
internal sealed class RateSnapshot
{
    // The bank is now and then late; a client is not told "stale" for that.
    private static readonly TimeSpan Grace = TimeSpan.FromHours(2);

    private readonly DateTimeOffset _published;
    private readonly DateTimeOffset _confirmed;
    private readonly DateTimeOffset _staleFrom;
    private readonly RateOverride[] _overrides;

    /// <param name="table">What was published.</param>
    /// <param name="overrides">What was set by hand.</param>
    /// <param name="sequence">The number of the last change.</param>
    /// <param name="confirmed">
    /// When each source last said that what we hold from it is its newest; null for never.
    /// </param>
    public RateSnapshot(
        RateTable table,
        IReadOnlyList<RateOverride> overrides,
        long sequence,
        IReadOnlyDictionary<RateOrigin, DateTimeOffset>? confirmed)
    {
        Table = table;
        // Where two overlap, the one that starts later wins.
        _overrides = [.. overrides.OrderByDescending(o => o.From)];
        Sequence = sequence;
        Confirmed = confirmed ?? new Dictionary<RateOrigin, DateTimeOffset>();
        if (table.Dates is [.., var newest])
        {
            _published = TargetCalendar.PublicationOf(newest);
            _confirmed = Confirmed.GetValueOrDefault(table.OriginOf(Latest), _published);
            _staleFrom = TargetCalendar.NextPublication(_published) + Grace;
        }

        Tag = $"{sequence}-{table.Fingerprint:x16}-{Checksum(Overrides):x8}";
        LatestSource = Latest < 0 ? "none" : table.OriginOf(Latest).Label();
        LatestDate = table.Dates is [.., var last] ? last.ToString("O", CultureInfo.InvariantCulture) : "";
    }

    public RateTable Table { get; }

    public IReadOnlyList<RateOverride> Overrides => _overrides;

    /// <summary>Counts the changes of rates in this data folder.</summary>
    public long Sequence { get; }

    /// <summary>When each source last said that what we hold from it is its newest.</summary>
    public IReadOnlyDictionary<RateOrigin, DateTimeOffset> Confirmed { get; }

    /// <summary>
    /// Names this state by its content: the same rates and overrides have the same tag in every process.
    /// </summary>
    public string Tag { get; }

    /// <summary>Who made the newest publication, or "none".</summary>
    public string LatestSource { get; }

    /// <summary>The newest publication as text, made once; empty when there is none.</summary>
    public string LatestDate { get; }

    /// <summary>The last publication, or -1.</summary>
    public int Latest => Table.Dates.Length - 1;

    /// <summary>Whether a conversion took the latest rates although newer ones should have arrived.</summary>
    public bool IsStale(in ConversionRequest request, in Conversion conversion, DateTimeOffset now) =>
        conversion.Origin.IsPublished() && !IsSettled(request.Date) && IsStale(now);

    /// <summary>Whether a day lies before the latest publication, so that no newer one can speak for it.</summary>
    public bool IsSettled(DateOnly? date) => Latest >= 0 && date < Table.Dates[^1];

    /// <summary>True once newer rates than these should have arrived.</summary>
    public bool IsStale(DateTimeOffset now) => now >= _staleFrom;

    /// <summary>
    /// Time since their source last said that these are the newest rates; once they are stale, since their publication,
    /// for then the source's word is of no use.
    /// </summary>
    public TimeSpan Age(DateTimeOffset now)
    {
        var from = IsStale(now) || _confirmed < _published ? _published : _confirmed;
        return now > from ? now - from : TimeSpan.Zero;
    }

    /// <summary>
    /// The rate that holds on <paramref name="date"/>: set by hand, else fixed by regulation, else as published on
    /// <paramref name="day"/>, which may be -1.
    /// </summary>
    public QuotedRate RateOf(CurrencyInfo currency, int day, DateOnly date)
    {
        foreach (var set in _overrides)
        {
            if (ReferenceEquals(set.Currency, currency) && set.Covers(date))
            {
                return new QuotedRate(set.Rate, RateOrigin.Override);
            }
        }

        if (currency.IsFixedOn(date))
        {
            return new QuotedRate(currency.FixedEuroRate, RateOrigin.Fixed);
        }

        if (ReferenceEquals(currency, CurrencyCatalog.Euro))
        {
            return new QuotedRate(1, RateOrigin.Fixed);
        }

        // A publication speaks for two weeks, but not for a currency that has ended since.
        return day < 0 || currency.IsReplacedOn(date)
            ? default
            : new QuotedRate(Table[day, currency], Table.OriginOf(day));
    }

    // FNV-1a over the text: the same overrides give the same tag in every process.
    private static uint Checksum(IEnumerable<RateOverride> overrides) =>
        string.Concat(overrides).Aggregate(2166136261, (hash, c) => (hash ^ c) * 16777619);
}
