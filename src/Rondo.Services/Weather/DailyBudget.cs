namespace Rondo.Services.Weather;

/// <summary>
/// Counts the calls to one server on each UTC day, also across restarts and beside <c>rondo weather</c>: a block of
/// calls is stored as made before the first of them is, so that a crash loses calls, never the count. Not thread-safe.
/// </summary>
internal sealed class DailyBudget(string source, WeatherStore? store, int block)
{
    private DateOnly _day;
    private int _reserved;
    private int _used;

    /// <summary>Takes one call of the day's <paramref name="limit"/>; false when there is none left.</summary>
    public bool TryTake(DateTimeOffset now, int limit)
    {
        BeginDay(now);
        if (_used >= limit)
        {
            return false;
        }

        if (_used == _reserved)
        {
            _reserved = store?.ReserveCalls(source, _day, block) ?? _reserved + block;
            _used = _reserved - block;
            if (_used >= limit)
            {
                return false;
            }
        }

        _used++;
        return true;
    }

    public int Used(DateTimeOffset now)
    {
        BeginDay(now);
        return _used;
    }

    public static DateTimeOffset NextDay(DateTimeOffset now) => new(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

    private void BeginDay(DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day != _day)
        {
            _used = _reserved = store?.LoadCalls(source, day) ?? 0;
            _day = day;
        }
    }
}
