using Rondo.Services.Registry;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>Gathers what the board shows. Nothing that is slow keeps the rest waiting.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal sealed class BoardReader(
    BoardStore store,
    IBoardRooms rooms,
    IBoardChat chat,
    IBoardRates rates,
    IBoardWeather weather,
    ServiceRegistry registry,
    TimeProvider time,
    ServiceSupervisor? supervisor = null)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private Dictionary<string, IReadOnlyList<BoardLevel>> _hours = [];
    private long _minute;

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
            Weather = await weather.ReadAsync(),
            Rates = await rates.ReadAsync(),
            Registry = registry.Current,
            Children = supervisor?.Children ?? [],
            Chat = await chat.ReadAsync(),
            Zone = weather.Zone,
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
}
