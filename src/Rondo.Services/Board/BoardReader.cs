using Rondo.Services.Currency;
using Rondo.Services.Registry;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>Gathers what the board shows. Nothing that is slow keeps the rest waiting.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class BoardReader(
    BoardStore store,
    IBoardRooms rooms,
    BoardChat chat,
    RateBook rates,
    ServiceRegistry registry,
    WeatherAggregator weather,
    PlaceBook places,
    TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private Dictionary<string, IReadOnlyList<BoardLevel>> _hours = [];
    private long _minute;
    private ForecastView? _weather;
    private Task<ForecastView>? _asked;
    private bool _hasWaited;

    /// <exception cref="Streams.EventStoreException">The settings or the levels cannot be read.</exception>
    public async Task<BoardFacts> ReadAsync()
    {
        var now = time.GetUtcNow();
        var shown = rooms.Rooms();
        return new BoardFacts
        {
            At = now,
            Settings = await store.GetAsync(),
            Rooms = shown,
            Hours = await HoursAsync(shown, now),
            Weather = await WeatherAsync(),
            Rates = rates.Current,
            Registry = registry.Current,
            Chat = await chat.ReadAsync(),

            // Invented weather says nothing about where the board hangs.
            Zone = places.IsFixture ? TimeZoneInfo.Local : places.Default.Zone,
        };
    }

    // A minute's mean is there when the minute is over: reading it more often would show nothing new.
    private async ValueTask<Dictionary<string, IReadOnlyList<BoardLevel>>> HoursAsync(
        IReadOnlyList<BoardRoom> shown, DateTimeOffset now)
    {
        var minute = now.UtcTicks / TimeSpan.TicksPerMinute;
        if (minute == _minute && shown.All(r => _hours.ContainsKey(r.Id)))
        {
            return _hours;
        }

        var hours = new Dictionary<string, IReadOnlyList<BoardLevel>>();
        foreach (var room in shown)
        {
            hours[room.Id] = await rooms.MinutesAsync(room.Id, now - Hour, now);
        }

        (_minute, _hours) = (minute, hours);
        return hours;
    }

    // What is held is there at once; who has to ask a server may take as long as it likes, and is shown next time. But
    // the very first look waits a moment, for a page that is complete.
    private async ValueTask<ForecastView?> WeatherAsync()
    {
        var asked = _asked ??= weather.GetAsync(places.Default, 2, CancellationToken.None).AsTask();
        if (!asked.IsCompleted && !_hasWaited)
        {
            _hasWaited = true;
            using var over = new CancellationTokenSource(FirstWait, time);
            await Task.WhenAny(asked, Task.Delay(Timeout.InfiniteTimeSpan, time, over.Token));
        }

        if (asked.IsCompleted)
        {
            _asked = null;
            _weather = asked.IsCompletedSuccessfully && await asked is { IsEmpty: false } view ? view : null;
        }

        return _weather;
    }
}
