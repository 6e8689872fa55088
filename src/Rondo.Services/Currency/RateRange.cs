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
    private readonly DateOnly _last;
    private DateOnly _date;
    private int _day;
    private bool _datesOnly;

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
        _sums = new decimal[_quotes.Length];
        _counts = new int[_quotes.Length];

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

    /// <summary>Where the row's rates come from.</summary>
    public RateOrigin Origin { get; private set; }

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

    /// <summary>
    /// The dates of the first and the last row and the sources of all, found without computing any rate; null when
    /// there is no row.
    /// </summary>
    public static (DateOnly First, DateOnly Last, string Sources)? Measure(RateSnapshot rates, RateRangeRequest request)
    {
        var probe = new RateRange(rates, request) { _datesOnly = true };
        if (!probe.MoveNext())
        {
            return null;
        }

        var (first, last) = (probe.Date, probe.Date);
        var origins = new SortedSet<RateOrigin> { probe.Origin };
        while (probe.MoveNext())
        {
            last = probe.Date;
            origins.Add(probe.Origin);
        }

        return (first, last, string.Join(", ", origins.Reverse().Select(o => o.Label())));
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

        Origin = _rates.Table.OriginOf(day);
        var from = _rates.RateOf(_request.Base, day, date).Rate;
        if (from == 0)
        {
            return;
        }

        for (var i = 0; i < _quotes.Length; i++)
        {
            _row[i] = Cell(_quotes[i], from, day, date);
            if (_datesOnly && _row[i] != None)
            {
                return;
            }
        }
    }

    private decimal Cell(CurrencyInfo quote, decimal from, int day, DateOnly date)
    {
        // Only who asks for a replaced currency by name gets its fixed rate.
        if (_request.Quotes is null && quote.IsReplacedOn(date))
        {
            return None;
        }

        var to = _rates.RateOf(quote, day, date).Rate;
        if (to == 0)
        {
            return None;
        }

        return _datesOnly ? to
            : _request.Amount is { } amount ? Money.Convert(amount, to, from, quote.MinorUnits, _request.Rounding)
            : from == 1 ? to
            : quote == _request.Base ? 1
            : Money.RoundRate(to / from);
    }
}
