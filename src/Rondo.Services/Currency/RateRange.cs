namespace Rondo.Services.Currency;

/// <summary>What a list of rates covers.</summary>
internal sealed record RateRangeRequest(DateOnly From, DateOnly To)
{
    public CurrencyInfo Base { get; init; } = CurrencyCatalog.Euro;

    /// <summary>The wanted currencies; null for all that were published.</summary>
    public IReadOnlyList<CurrencyInfo>? Quotes { get; init; }

    /// <summary>When set, cells are this amount converted and rounded to minor units, not rates.</summary>
    public Amount? Amount { get; init; }

    public MoneyRounding Rounding { get; init; }

    public RateGrouping Grouping { get; init; }

    /// <summary>The day on which rates fixed by law or set by hand must hold; each row's own when null.</summary>
    public DateOnly? ValidOn { get; init; }

    /// <summary>Whether the base itself is among the quotes, at 1.</summary>
    public bool IncludeBase { get; init; }

    /// <summary>The sources to take; null for all.</summary>
    public IReadOnlySet<RateOrigin>? Origins { get; init; }
}

internal enum RateGrouping
{
    /// <summary>A row for each publication; a silent first day is answered by the publication before it.</summary>
    Published,

    /// <summary>A row for each calendar day, with the last publication's rates where there is none.</summary>
    EveryDay,

    /// <summary>The mean of each week, dated on its Monday.</summary>
    Week,

    /// <summary>The mean of each month, dated on its first.</summary>
    Month,
}

/// <summary>What a range holds.</summary>
/// <param name="First">The date of its first row.</param>
/// <param name="Last">The date of its last row.</param>
/// <param name="Published">The newest publication in it, which with filled or grouped rows is no row's date.</param>
/// <param name="Sources">Whose rates are in it, for labels.</param>
/// <param name="IsPublished">Whether any of them was published, and so can grow stale.</param>
internal readonly record struct RateRangeExtent(
    DateOnly First, DateOnly Last, DateOnly Published, string Sources, bool IsPublished);

/// <summary>
/// Reads a range of rates row by row, oldest first. One row is in memory at a time: a quarter of a century costs no
/// more than a day.
/// </summary>
internal sealed class RateRange
{
    /// <summary>Stands where there is no value; 0 is one, for an amount that rounds to nothing.</summary>
    public const decimal None = -1;

    private readonly RateSnapshot _rates;
    private readonly RateRangeRequest _request;
    private readonly CurrencyInfo[] _quotes;
    private readonly decimal[] _row;
    private readonly decimal[] _sums;
    private readonly int[] _counts;
    private readonly RateOrigin[] _origins;
    private readonly DateOnly _last;
    private DateOnly _date;
    private int _day;
    private readonly bool _isUniform;
    private bool _datesOnly;
    private int _originsSeen;
    private DateOnly _published;

    public RateRange(RateSnapshot rates, RateRangeRequest request)
    {
        _rates = rates;
        _request = request;
        _quotes = (request.Quotes ?? [.. rates.Table.Currencies, CurrencyCatalog.Euro])
            .Where(c => request.IncludeBase || c != request.Base)
            .Distinct()
            .OrderBy(c => c.Code, StringComparer.Ordinal)
            .ToArray();
        _row = new decimal[_quotes.Length];
        _origins = new RateOrigin[_quotes.Length];
        _sums = new decimal[_quotes.Length];
        _counts = new int[_quotes.Length];

        // With nothing set by hand or fixed by law, a day has one origin, and one value tells it.
        _isUniform = rates.Overrides.Count == 0
            && (request.Quotes is null || request.Quotes.All(c => c.FixedEuroRate == 0));

        // Nothing is carried beyond the look-back of the last publication.
        var end = rates.Latest < 0 ? DateOnly.MinValue : rates.Table.Dates[^1].AddDays(RateTable.LookBackDays);
        _last = request.To < end ? request.To : end;
        _date = rates.Table.Dates is [var oldest, ..] && oldest > request.From ? oldest : request.From;
        _day = FirstDay(rates.Table, request);
    }

    /// <summary>The columns, in alphabetical order.</summary>
    public IReadOnlyList<CurrencyInfo> Quotes => _quotes;

    /// <summary>The row's date.</summary>
    public DateOnly Date { get; private set; }

    /// <summary>Where each value of the row comes from.</summary>
    public ReadOnlySpan<RateOrigin> Origins => _origins;

    /// <summary>
    /// The row: a value for each of <see cref="Quotes"/>, <see cref="None"/> where there is none. Valid until the next
    /// row.
    /// </summary>
    public ReadOnlySpan<decimal> Row => _row;

    /// <summary>Moves to the next row that has at least one value.</summary>
    public bool MoveNext()
    {
        while (_request.Grouping switch
        {
            RateGrouping.Published => NextPublication(),
            RateGrouping.EveryDay => NextDay(),
            _ => NextGroup(),
        })
        {
            if (_row.AsSpan().ContainsAnyExcept(None))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a range will hold, found without computing any rate; null when there is no row.</summary>
    public static RateRangeExtent? Measure(RateSnapshot rates, RateRangeRequest request)
    {
        var probe = new RateRange(rates, request) { _datesOnly = true };
        if (!probe.MoveNext())
        {
            return null;
        }

        var (first, last) = (probe.Date, probe.Date);
        while (probe.MoveNext())
        {
            last = probe.Date;
        }

        var origins = Enum.GetValues<RateOrigin>()
            .Where(o => (probe._originsSeen & (1 << (int)o)) != 0)
            .OrderByDescending(o => o.IsPublished()).ThenByDescending(o => o)
            .ToList();
        return new RateRangeExtent(
            first, last, probe._published, string.Join(", ", origins.Select(o => o.Label())), origins.Exists(o => o.IsPublished()));
    }

    private static int FirstDay(RateTable table, RateRangeRequest request)
    {
        // A mean takes in no day before the range; a row of its own carries its date and misleads nobody.
        var mayReachBack = request.Grouping is RateGrouping.Published or RateGrouping.EveryDay;
        return table.PublicationFor(request.From) is >= 0 and var day
            && (mayReachBack || table.Dates[day] == request.From)
            ? day
            : table.LastOnOrBefore(request.From) + 1;
    }

    private bool NextPublication()
    {
        if (_day >= _rates.Table.Dates.Length || _rates.Table.Dates[_day] > _last)
        {
            return false;
        }

        Read(_day, _rates.Table.Dates[_day]);
        _day++;
        return true;
    }

    private bool NextDay()
    {
        if (_date > _last)
        {
            return false;
        }

        Read(_rates.Table.PublicationFor(_date), _date);
        _date = _date.AddDays(1);
        return true;
    }

    private bool NextGroup()
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
        var start = default(DateOnly?);
        while (_day < _rates.Table.Dates.Length && _rates.Table.Dates[_day] <= _last
            && (start is null || start == StartOfGroup(_rates.Table.Dates[_day])))
        {
            start ??= StartOfGroup(_rates.Table.Dates[_day]);
            NextPublication();
            for (var i = 0; i < _row.Length; i++)
            {
                if (_row[i] != None)
                {
                    _sums[i] += _row[i];
                    _counts[i]++;
                }
            }
        }

        if (start is null)
        {
            return false;
        }

        Date = start.Value;
        for (var i = 0; i < _row.Length; i++)
        {
            _row[i] = _counts[i] == 0 ? None : Money.RoundRate(_sums[i] / _counts[i]);
        }

        return true;
    }

    private DateOnly StartOfGroup(DateOnly date) => _request.Grouping is RateGrouping.Month
        ? new DateOnly(date.Year, date.Month, 1)
        : date.AddDays(-(((int)date.DayOfWeek + 6) % 7));

    private void Read(int day, DateOnly date)
    {
        Date = date;
        Array.Fill(_row, None);
        if (day < 0 || _request.Origins?.Contains(_rates.Table.OriginOf(day)) is false)
        {
            return;
        }

        var valid = _request.ValidOn ?? date;
        var from = _rates.RateOf(_request.Base, day, valid);
        if (from.Rate == 0)
        {
            return;
        }

        for (var i = 0; i < _quotes.Length; i++)
        {
            _row[i] = Cell(i, from, day, valid);
            if (_datesOnly && _isUniform && _row[i] != None)
            {
                return;
            }
        }
    }

    private decimal Cell(int column, QuotedRate from, int day, DateOnly date)
    {
        var quote = _quotes[column];

        // Only who asks for a replaced currency by name gets its fixed rate.
        if (_request.Quotes is null && quote.IsReplacedOn(date))
        {
            return None;
        }

        var to = _rates.RateOf(quote, day, date);
        if (to.Rate == 0)
        {
            return None;
        }

        Note(column, quote == _request.Base ? _rates.Table.OriginOf(day) : CurrencyConverter.OriginOf(from, to), day);
        return _datesOnly ? to.Rate
            : _request.Amount is { } amount ? CurrencyConverter.Result(
                new ConversionRequest(_request.Base, quote, amount, Rounding: _request.Rounding), from.Rate, to.Rate, date)
            : from.Rate == 1 ? to.Rate
            : quote == _request.Base ? 1
            : Money.RoundRate(to.Rate / from.Rate);
    }

    private void Note(int column, RateOrigin origin, int day)
    {
        _origins[column] = origin;
        _originsSeen |= 1 << (int)origin;
        _published = _rates.Table.Dates[day];
    }
}
