using Rondo.Services.Noise;
using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Board;

/// <summary>The rooms of the noise service.</summary>
internal sealed class NoiseRooms(
    NoiseBook book, NoiseLoop loop, NoiseMonitor monitor, LevelHistory history, NoiseTickets tickets) : IBoardRooms
{
    // Of a day's curve: fine enough for a screen.
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    public IReadOnlyList<string> Kinds { get; } = [.. NoiseKind.All.Select(k => k.Id)];

    public IReadOnlyList<BoardRoom> Rooms() => [.. book.Current.Rooms.Select(Shown)];

    public ValueTask<IReadOnlyList<BoardLevel>> MinutesAsync(string room, DateTimeOffset from, DateTimeOffset to)
    {
        var known = (book.Current.Find(room)?.Minutes ?? []).ToDictionary(m => m.Start, m => m.Leq);
        return ValueTask.FromResult<IReadOnlyList<BoardLevel>>(
            [.. Steps(from, to, TimeSpan.FromMinutes(1)).Select(at =>
                new BoardLevel(at, known.TryGetValue(at, out var level) ? level : null))]);
    }

    public async ValueTask<BoardDay> DayAsync(string room, DateTimeOffset from, DateTimeOffset to)
    {
        var whole = new LevelSummary();
        var steps = await history.ReadAsync(room, from, to, Step, CancellationToken.None) ?? [];
        foreach (var (_, levels) in steps)
        {
            whole.Add(levels);
        }

        return new BoardDay([.. steps.Select(s => new BoardLevel(s.Start, s.Levels.Leq))], whole.Coverage(to - from))
        {
            Mean = whole.Leq,
            Max = whole.Lmax,
            L10 = whole.Histogram.Exceeded(10),
            L50 = whole.Histogram.Exceeded(50),
            L90 = whole.Histogram.Exceeded(90),
            Quality = [.. whole.Flags.Names()],
        };
    }

    public async Task<string?> AddAsync(string name, string kind)
    {
        var text = name.Trim();
        if (!NoiseName.IsText(text))
        {
            return $"A room's name has 1 to {NoiseName.LongestText} characters on one line.";
        }

        if (NoiseKind.Find(kind) is not { } known)
        {
            return "There is no such kind of room.";
        }

        return await loop.AskAsync(async () =>
        {
            var id = BoardRoomId.Of(text, known => monitor.Find(known) is not null);
            var (_, refusal) = await monitor.PutAsync(id, _ => NoiseRoomConfig.Of(id, known) with { Name = text });
            return refusal?.Detail;
        });
    }

    public async Task<BoardTicket?> TicketAsync(string room)
    {
        // What lives in memory alone, such as a room of the demo, has no devices of its own.
        var name = await loop.AskAsync(() => monitor.Find(room) is { IsKept: true } kept ? kept.Config.Name : null);
        return name is not null && tickets.Make(room) is var (text, ends)
            ? new BoardTicket(name, NoiseTickets.PathOf(room, text), ends)
            : null;
    }

    private static BoardRoom Shown(RoomLevel room) => new(room.Id, room.Name, room.State switch
    {
        NoiseState.Ok => BoardRoomState.Ok,
        NoiseState.Goal => BoardRoomState.Goal,
        NoiseState.Loud => BoardRoomState.Loud,
        _ => BoardRoomState.Silent,
    })
    {
        Kind = room.Kind,
        Level = room.LAeq,
        Minute = room.Leq1m,
        Max = room.LAFmax,
        At = room.HeardUntil,
        Quality = [.. room.Quality.Names()],
        Devices = room.Devices,
        Goal = room.Goal,
        Loud = room.Loud,
    };

    private static IEnumerable<DateTimeOffset> Steps(DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        var first = from.UtcTicks + ((step.Ticks - (from.UtcTicks % step.Ticks)) % step.Ticks);
        for (var at = first; at < to.UtcTicks; at += step.Ticks)
        {
            yield return new DateTimeOffset(at, TimeSpan.Zero);
        }
    }
}
