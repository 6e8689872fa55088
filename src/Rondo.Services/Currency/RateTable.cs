using System.Runtime.InteropServices;

namespace Rondo.Services.Currency;

/// <summary>What one source contributes to a table.</summary>
internal sealed record OriginCoverage(
    RateOrigin Origin, DateOnly First, DateOnly Last, IReadOnlyList<CurrencyInfo> Currencies);

/// <summary>
/// All published rates, by day and currency, in one block: 25 years of 40 currencies are 4.5 MB, and reading one is an
/// index. Immutable; <see cref="Merge"/> makes the next one.
/// </summary>
internal sealed class RateTable
{
    /// <summary>A publication speaks for the days after it until the next, but not for longer than this.</summary>
    public const int LookBackDays = 14;

    private readonly DateOnly[] _dates;
    private readonly RateOrigin[] _origins;
    private readonly CurrencyInfo[] _columns;
    private readonly short[] _columnOf;
    private readonly decimal[] _cells;
    private readonly Lazy<(DateOnly First, DateOnly Last)?[]> _spans;
    private readonly Lazy<IReadOnlyList<OriginCoverage>> _coverage;
    private readonly Lazy<ulong> _fingerprint;

    private RateTable(DateOnly[] dates, RateOrigin[] origins, CurrencyInfo[] columns, decimal[] cells)
    {
        _dates = dates;
        _origins = origins;
        _columns = columns;
        _cells = cells;
        _spans = new Lazy<(DateOnly, DateOnly)?[]>(() => [.. CurrencyCatalog.All.Select(FindSpan)]);
        _coverage = new Lazy<IReadOnlyList<OriginCoverage>>(FindCoverage);
        _fingerprint = new Lazy<ulong>(FindFingerprint);
        _columnOf = new short[CurrencyCatalog.All.Count];
        Array.Fill(_columnOf, (short)-1);
        for (short i = 0; i < columns.Length; i++)
        {
            _columnOf[columns[i].Index] = i;
        }
    }

    public static RateTable Empty { get; } = new([], [], [], []);

    /// <summary>Days with a publication, oldest first.</summary>
    public ReadOnlySpan<DateOnly> Dates => _dates;

    /// <summary>The currencies that occur, in alphabetical order, without the euro.</summary>
    public IReadOnlyList<CurrencyInfo> Currencies => _columns;

    /// <summary>A number that differs when anything published differs, and is the same in every process.</summary>
    public ulong Fingerprint => _fingerprint.Value;

    public int RateCount => _cells.Length - _cells.AsSpan().Count(0m);

    public RateOrigin OriginOf(int day) => _origins[day];

    /// <summary>Units of <paramref name="currency"/> for one euro as published that day, or 0.</summary>
    public decimal this[int day, CurrencyInfo currency] => _columnOf[currency.Index] is >= 0 and var column
        ? _cells[(day * _columns.Length) + column]
        : ReferenceEquals(currency, CurrencyCatalog.Euro) ? 1 : 0;

    /// <summary>The newest publication on or before <paramref name="date"/>, or -1.</summary>
    public int LastOnOrBefore(DateOnly date)
    {
        var found = Array.BinarySearch(_dates, date);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>
    /// The publication that speaks for <paramref name="date"/>, or -1 when none within <see cref="LookBackDays"/> does.
    /// </summary>
    public int PublicationFor(DateOnly date) =>
        LastOnOrBefore(date) is >= 0 and var day && date.DayNumber - _dates[day].DayNumber <= LookBackDays ? day : -1;

    /// <summary>The first and last day on which <paramref name="currency"/> was published.</summary>
    public (DateOnly First, DateOnly Last)? Span(CurrencyInfo currency) => _spans.Value[currency.Index];

    /// <summary>For each source that some day comes from: its first and last day and its currencies.</summary>
    public IReadOnlyList<OriginCoverage> Coverage => _coverage.Value;

    /// <summary>One day as its source published it.</summary>
    public RateDay Day(int day) => new(_dates[day], _origins[day], _columns
        .Select(c => new EuroRate(c, this[day, c])).Where(r => r.Rate != 0).ToList());

    /// <summary>
    /// The table with <paramref name="days"/> added. A day that is already there takes over the values of the same
    /// origin and gives way to a higher one. <paramref name="changed"/> receives the days that made a difference,
    /// oldest first.
    /// </summary>
    public RateTable Merge(IEnumerable<RateDay> days, out IReadOnlyList<RateDay> changed)
    {
        var incoming = new SortedDictionary<DateOnly, RateDay>();
        foreach (var day in days)
        {
            if (!incoming.TryGetValue(day.Date, out var other) || day.Origin >= other.Origin)
            {
                incoming[day.Date] = day;
            }
        }

        changed = incoming.Values.Where(Differs).ToList();
        return changed.Count == 0 ? this : Combine(changed);
    }

    private bool Differs(RateDay day)
    {
        var held = Array.BinarySearch(_dates, day.Date);
        return held < 0
            || day.Origin > _origins[held]
            || (day.Origin == _origins[held] && day.Rates.Any(r => this[held, r.Currency] != r.Rate));
    }

    private RateTable Combine(IReadOnlyList<RateDay> changed)
    {
        var columns = _columns.Union(changed.SelectMany(d => d.Rates).Select(r => r.Currency))
            .OrderBy(c => c.Code, StringComparer.Ordinal).ToArray();
        var dates = _dates.Union(changed.Select(d => d.Date)).Order().ToArray();
        var result = new RateTable(
            dates, new RateOrigin[dates.Length], columns, new decimal[dates.Length * columns.Length]);
        var next = 0;
        for (var day = 0; day < dates.Length; day++)
        {
            var update = next < changed.Count && changed[next].Date == dates[day] ? changed[next++] : null;
            var held = Array.BinarySearch(_dates, dates[day]);
            if (held >= 0 && (update is null || update.Origin == _origins[held]))
            {
                result.Copy(day, this, held);
            }

            if (update is not null)
            {
                result.Fill(day, update);
            }
        }

        return result;
    }

    private (DateOnly First, DateOnly Last)? FindSpan(CurrencyInfo currency)
    {
        if (_dates.Length == 0 || (_columnOf[currency.Index] < 0 && currency != CurrencyCatalog.Euro))
        {
            return null;
        }

        // A column is empty once the only days that had it have given way to another source.
        var days = Enumerable.Range(0, _dates.Length).Where(d => this[d, currency] != 0).ToList();
        return days is [var first, ..] ? (_dates[first], _dates[days[^1]]) : null;
    }

    // FNV-1a over 64-bit words: 27 years take about a millisecond.
    private ulong FindFingerprint()
    {
        var hash = 14695981039346656037;
        foreach (var currency in _columns)
        {
            Add((ulong)currency.Index);
        }

        for (var day = 0; day < _dates.Length; day++)
        {
            Add(((ulong)_origins[day] << 32) | (uint)_dates[day].DayNumber);
        }

        foreach (var word in MemoryMarshal.Cast<decimal, ulong>(_cells))
        {
            Add(word);
        }

        return hash;

        void Add(ulong word) => hash = (hash ^ word) * 1099511628211;
    }

    private List<OriginCoverage> FindCoverage() => Enumerable.Range(0, _dates.Length)
        .GroupBy(OriginOf)
        .Select(days => new OriginCoverage(
            days.Key, _dates[days.First()], _dates[days.Last()],
            _columns.Where(c => days.Any(d => this[d, c] != 0)).ToList()))
        .OrderBy(c => c.Origin.ProviderKey(), StringComparer.Ordinal)
        .ToList();

    private void Fill(int day, RateDay source)
    {
        _origins[day] = source.Origin;
        foreach (var (currency, rate) in source.Rates)
        {
            _cells[(day * _columns.Length) + _columnOf[currency.Index]] = rate;
        }
    }

    private void Copy(int day, RateTable source, int sourceDay)
    {
        _origins[day] = source._origins[sourceDay];
        for (var column = 0; column < source._columns.Length; column++)
        {
            _cells[(day * _columns.Length) + _columnOf[source._columns[column].Index]] =
                source._cells[(sourceDay * source._columns.Length) + column];
        }
    }
}
