namespace Rondo.Services.Weather;

/// <summary>
/// The live holder of one place: what is held, the view made of it, and the one refresh that runs. Reading takes no
/// lock: each field is one reference that is swapped whole.
/// </summary>
internal sealed class PlaceState(WeatherPlace place)
{
    private HeldWeather _held = HeldWeather.Nothing;
    private ForecastView? _view;
    private Task? _refresh;
    private long _retryAt;
    private long _usedAt;

    public WeatherPlace Place { get; } = place;

    public HeldWeather Held => Volatile.Read(ref _held);

    /// <summary>The refresh that runs, or null.</summary>
    public Task? Refresh => Volatile.Read(ref _refresh);

    /// <summary>No refresh begins before.</summary>
    public DateTimeOffset RetryAt
    {
        get => new(Volatile.Read(ref _retryAt), TimeSpan.Zero);
        set => Volatile.Write(ref _retryAt, value.UtcTicks);
    }

    /// <summary>Refreshes in a row that did not bring everything; the refresh alone counts them.</summary>
    public int Fruitless { get; set; }

    public DateTimeOffset UsedAt => new(Volatile.Read(ref _usedAt), TimeSpan.Zero);

    public ForecastView View(DateTimeOffset now)
    {
        // Not written when it is the same second: a line that all processors write is one that all wait for.
        if (now.UtcTicks - Volatile.Read(ref _usedAt) > TimeSpan.TicksPerSecond)
        {
            Volatile.Write(ref _usedAt, now.UtcTicks);
        }

        if (Volatile.Read(ref _view) is { } view && now < view.ValidUntil)
        {
            return view;
        }

        // A view of what was held before a change may win this race: the change itself clears it.
        var held = Held;
        var made = new ForecastView(Place, held, now);
        Volatile.Write(ref _view, made);
        if (!ReferenceEquals(held, Held))
        {
            Volatile.Write(ref _view, null);
        }

        return made;
    }

    /// <summary>Puts parts in their places, by name. The refresh calls it, for several parts at once.</summary>
    public void Take(Func<HeldWeather, HeldWeather> change)
    {
        HeldWeather seen;
        do
        {
            seen = Held;
        }
        while (Interlocked.CompareExchange(ref _held, change(seen), seen) != seen);
        Volatile.Write(ref _view, null);
    }

    /// <summary>Makes <paramref name="refresh"/> the one that runs; otherwise returns the one that does.</summary>
    public Task? TryBegin(Task refresh) => Interlocked.CompareExchange(ref _refresh, refresh, null);

    public void End() => Volatile.Write(ref _refresh, null);
}
