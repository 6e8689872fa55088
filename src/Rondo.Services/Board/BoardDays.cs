namespace Rondo.Services.Board;

/// <summary>What is to be said about today in each room; read at most once a minute, however many ask.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class BoardDays(IBoardRooms rooms)
{
    private readonly Lock _gate = new();
    private long _minute;
    private Task<IReadOnlyDictionary<string, BoardDay>>? _days;

    /// <summary>By the ids of the rooms.</summary>
    /// <exception cref="Streams.EventStoreException">The levels cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, BoardDay>> GetAsync(BoardFacts facts)
    {
        var minute = facts.At.UtcTicks / TimeSpan.TicksPerMinute;
        using var scope = _gate.EnterScope();
        if (_days is null or { IsFaulted: true } || minute != _minute)
        {
            (_minute, _days) = (minute, ReadAsync(facts));
        }

        return _days;
    }

    /// <summary>When today began in the place's zone.</summary>
    public static DateTimeOffset Begin(BoardFacts facts)
    {
        var local = facts.Local(facts.At);
        return new DateTimeOffset(local.Date, facts.Zone.GetUtcOffset(local.Date)).ToUniversalTime();
    }

    private async Task<IReadOnlyDictionary<string, BoardDay>> ReadAsync(BoardFacts facts)
    {
        var days = new Dictionary<string, BoardDay>();
        foreach (var room in facts.Rooms)
        {
            days[room.Id] = await rooms.DayAsync(room.Id, Begin(facts), facts.At);
        }

        return days;
    }
}
