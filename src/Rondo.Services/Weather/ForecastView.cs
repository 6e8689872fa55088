using System.Globalization;
using System.Text;

namespace Rondo.Services.Weather;

/// <summary>
/// What there is to say about a place at one moment, by the names of its days: made once after each change and each
/// midnight of the place, and shared by all answers until then. Immutable.
/// </summary>
internal sealed class ForecastView
{
    /// <summary>Days that can be asked for, today included.</summary>
    public const int MostDays = 7;

    private readonly HeldWeather _held;
    private readonly string _state;
    private byte[]?[]? _seedTexts;
    private Tuple<string, string>? _tag;
    private readonly DayWeather?[] _days;
    private readonly HeldPart<CurrentWeather>? _now;
    private readonly HeldPart<IReadOnlyList<DayWeather>>? _list;

    public ForecastView(WeatherPlace place, HeldWeather held, DateTimeOffset now)
    {
        Place = place;
        _held = held;
        Today = place.Today(now);
        _now = held.Now is { } current && now < current.UselessAt ? current : null;
        _list = held.Days is { } days && now < days.UselessAt ? days : null;
        _days = new DayWeather?[MostDays];
        foreach (var day in _list?.Value ?? [])
        {
            if (day.Date.DayNumber - Today.DayNumber is >= 0 and < MostDays and var offset)
            {
                _days[offset] = day;
            }
        }

        IsStale = now >= _now?.StaleAt || now >= _list?.StaleAt;
        AsOf = Earliest(_now?.AsOf, _list?.AsOf) ?? now;
        ValidUntil = Earliest(
            place.NextMidnight(now),
            Later(_now?.StaleAt), Later(_list?.StaleAt), _now?.UselessAt, _list?.UselessAt)!.Value;
        RefreshAt = held.Due(now) is WeatherParts.None
            ? Earliest(held.Now!.RefreshAt, held.Days!.RefreshAt)!.Value
            : now;
        Source = string.Join(", ", new[] { _now?.Source, _list?.Source }.Where(s => s is not null).Distinct());
        License = WeatherSourceName.License(Source);
        DateText = Today.ToString("O", CultureInfo.InvariantCulture);
        var (nowTicks, listTicks) = (_now?.AsOf.UtcTicks ?? 0, _list?.AsOf.UtcTicks ?? 0);
        _state = string.Create(
            CultureInfo.InvariantCulture,
            $"W/\"{nowTicks:x}-{listTicks:x}-{Today.DayNumber:x}{(IsStale ? "-stale" : "")}");

        DateTimeOffset? Later(DateTimeOffset? at) => at > now ? at : null;
    }

    public WeatherPlace Place { get; }

    /// <summary>The date at the place.</summary>
    public DateOnly Today { get; }

    public CurrentWeather? Now => _now?.Value;

    /// <summary>The sources of what is shown, in the order of the parts.</summary>
    public string Source { get; }

    /// <summary>What the licences of the sources ask for, as the header <c>Link</c>; null without any.</summary>
    public string? License { get; }

    public bool IsFixture => Source == WeatherSourceName.Fixture;

    /// <summary>When the oldest of what is shown was true.</summary>
    public DateTimeOffset AsOf { get; }

    public bool IsStale { get; }

    /// <summary>From then on another view says it better, though nothing new has arrived.</summary>
    public DateTimeOffset ValidUntil { get; }

    /// <summary>From then on a request has the sources asked.</summary>
    public DateTimeOffset RefreshAt { get; }

    public string DateText { get; }

    public bool IsEmpty => Now is null && Array.TrueForAll(_days, d => d is null);

    /// <summary>The day so many days after today, or null when nobody has said anything about it.</summary>
    public DayWeather? Day(int offset) => _days[offset];

    /// <summary>The temperature that stands for a day: today the present one, else the highest.</summary>
    public decimal? Temperature(int offset) => offset == 0 ? Now?.Temperature ?? Day(0)?.Max : Day(offset)?.Max;

    /// <summary>What is missing of the first <paramref name="days"/> days, by name.</summary>
    public IReadOnlyList<string> Missing(int days)
    {
        var missing = new List<string>();
        if (Now is null)
        {
            missing.Add("now");
        }

        for (var offset = 0; offset < days; offset++)
        {
            if (Day(offset) is not { HasTemperature: true })
            {
                missing.Add(offset switch
                {
                    0 => "today",
                    1 => "tomorrow",
                    _ => Today.AddDays(offset).ToString("O", CultureInfo.InvariantCulture),
                });
            }
        }

        return missing;
    }

    /// <summary>The same under the name by which somebody else knows the place.</summary>
    public ForecastView For(WeatherPlace place, DateTimeOffset now) => new(place, _held, now);

    /// <summary>A weak entity tag: another one when anything that a variant shows may be another.</summary>
    public string Tag(string variant)
    {
        var known = Volatile.Read(ref _tag);
        if (known?.Item1 != variant)
        {
            known = Tuple.Create(variant, $"{_state}-{variant}\"");
            Volatile.Write(ref _tag, known);
        }

        return known.Item2;
    }

    /// <summary>The talks' sentence as it is sent; null when there is nothing to say.</summary>
    public byte[]? SeedBody(SeedRoute route) => (_seedTexts ??=
    [
        Encode(SeedText.Today(this)), Encode(SeedText.Tomorrow(this)), Encode(SeedText.Forecast(this)),
    ])[(int)route];

    public TimeSpan Age(DateTimeOffset now) => now > AsOf ? now - AsOf : TimeSpan.Zero;

    private static byte[]? Encode(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> moments)
    {
        DateTimeOffset? earliest = null;
        foreach (var moment in moments)
        {
            earliest = earliest is null || moment < earliest ? moment ?? earliest : earliest;
        }

        return earliest;
    }
}
