using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise;
using Rondo.Services.Streams;
using Rondo.Services.Supervision;

namespace Rondo.Services.Board;

/// <summary>The rooms of a noise service in another process.</summary>
internal sealed class RemoteRooms : IBoardRooms
{
    private const string Service = "noise";
    private const string AllRooms = "/noise/rooms";
    private const string Silent = "The noise service does not answer at present.";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // A level that nobody has confirmed for so long is none.
    private static readonly TimeSpan LevelLife = TimeSpan.FromSeconds(10);

    private readonly ServiceCalls _calls;
    private readonly TimeProvider _time;
    private readonly LastKnown<IReadOnlyList<BoardRoom>> _rooms;
    private readonly ConcurrentDictionary<string, LastKnown<IReadOnlyList<BoardLevel>>> _hours = new();
    private IReadOnlyList<BoardRoom> _last = [];

    public RemoteRooms(ServiceCalls calls, TimeProvider time)
    {
        (_calls, _time) = (calls, time);
        _rooms = new(AskRoomsAsync, TimeSpan.FromMilliseconds(500), LevelLife, time);
    }

    public IReadOnlyList<string> Kinds { get; } = [.. NoiseKind.All.Select(k => k.Id)];

    public IReadOnlyList<BoardRoom> Rooms()
    {
        if (_rooms.Value is { } rooms)
        {
            return _last = rooms;
        }

        return
        [
            .. _last.Select(r => r with { State = BoardRoomState.Silent, Level = null, Minute = null, Max = null }),
        ];
    }

    public async ValueTask<IReadOnlyList<BoardLevel>> MinutesAsync(string room, DateTimeOffset from, DateTimeOffset to)
    {
        var hour = _hours.GetOrAdd(room, id => new(
            async cancellation =>
            {
                var now = _time.GetUtcNow();
                using var answer = await LevelsAsync(id, now - Hour, now, "1m", cancellation);
                return [.. Levels(answer).Where(l => l.At + Minute <= now)];
            },
            TimeSpan.FromSeconds(10), Hour, _time));
        return [.. (await hour.ReadAsync() ?? []).Where(l => l.At >= from && l.At < to)];
    }

    public async ValueTask<BoardDay> DayAsync(string room, DateTimeOffset from, DateTimeOffset to)
    {
        try
        {
            using var steps = await LevelsAsync(room, from, to, "5m", CancellationToken.None);
            using var day = await LevelsAsync(room, from, to, "1d", CancellationToken.None);
            var whole = day.RootElement.GetProperty("buckets")[0];
            return new BoardDay([.. Levels(steps)], Number(whole, "coverage") ?? 0)
            {
                Mean = Number(whole, "leq"),
                Max = Number(whole, "lmax"),
                L10 = Number(whole, "l10"),
                L50 = Number(whole, "l50"),
                L90 = Number(whole, "l90"),
                Quality = Texts(whole, "quality"),
            };
        }
        catch (Exception error) when (ServiceCalls.IsSilence(error))
        {
            return new BoardDay([], 0);
        }
    }

    public async Task<string?> AddAsync(string name, string kind)
    {
        var text = name.Trim();
        if (!NoiseName.IsText(text))
        {
            return $"A room's name has 1 to {NoiseName.LongestText} characters on one line.";
        }

        var body = StreamJson.Object(json =>
        {
            json.WriteString("name", text);
            json.WriteString("kind", kind);
        });
        try
        {
            var known = await AskRoomsAsync(CancellationToken.None);
            var id = BoardRoomId.Of(text, taken => known.Any(r => r.Id == taken));
            var (status, answer) = await _calls.SendAsync(
                HttpMethod.Put, Service, $"{AllRooms}/{id}", body, CancellationToken.None);
            using var document = answer;
            return status is StatusCodes.Status200OK or StatusCodes.Status201Created
                ? null
                : document?.RootElement.GetProperty("detail").GetString() ?? Silent;
        }
        catch (Exception error) when (ServiceCalls.IsSilence(error))
        {
            return Silent;
        }
    }

    public async Task<BoardTicket?> TicketAsync(string room)
    {
        try
        {
            var (status, answer) = await _calls.SendAsync(
                HttpMethod.Post, Service, $"{AllRooms}/{Uri.EscapeDataString(room)}/tickets", null,
                CancellationToken.None);
            using var document = answer;
            return status == StatusCodes.Status201Created && Rooms().FirstOrDefault(r => r.Id == room) is { } known
                ? new BoardTicket(
                    known.Name, document!.RootElement.GetProperty("url").GetString()!,
                    Moment(document.RootElement, "expires"))
                : null;
        }
        catch (Exception error) when (ServiceCalls.IsSilence(error))
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<BoardRoom>> AskRoomsAsync(CancellationToken cancellation)
    {
        using var answer = await _calls.GetAsync(Service, AllRooms, cancellation);
        var at = Moment(answer.RootElement, "at");
        return [.. answer.RootElement.GetProperty("rooms").EnumerateArray().Select(r => Shown(r, at))];
    }

    private Task<JsonDocument> LevelsAsync(
        string room, DateTimeOffset from, DateTimeOffset to, string step, CancellationToken cancellation) =>
        _calls.GetAsync(
            Service,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{AllRooms}/{Uri.EscapeDataString(room)}/levels?step={step}"
                    + $"&from={from.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z&to={to.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z"),
            cancellation);

    private static BoardRoom Shown(JsonElement room, DateTimeOffset at) => new(
        room.GetProperty("id").GetString()!,
        room.GetProperty("name").GetString()!,
        room.GetProperty("state").GetString() switch
        {
            "ok" => BoardRoomState.Ok,
            "goal" => BoardRoomState.Goal,
            "loud" => BoardRoomState.Loud,
            _ => BoardRoomState.Silent,
        })
    {
        Kind = room.GetProperty("kind").GetString()!,
        Level = Number(room, "laeq"),
        Minute = Number(room, "leq_1m"),
        Max = Number(room, "lafmax"),
        At = Number(room, "age") is { } age ? at - TimeSpan.FromSeconds(age) : null,
        Quality = Texts(room, "quality"),
        Devices = room.GetProperty("devices").GetInt32(),
        Goal = Number(room, "goal"),
        Loud = Number(room, "loud"),
    };

    private static IEnumerable<BoardLevel> Levels(JsonDocument answer) =>
        answer.RootElement.GetProperty("buckets").EnumerateArray()
            .Select(b => new BoardLevel(Moment(b, "t"), Number(b, "leq")));

    private static DateTimeOffset Moment(JsonElement from, string name) => DateTimeOffset.Parse(
        from.GetProperty(name).GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static double? Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetDouble() : null;

    private static IReadOnlyList<string> Texts(JsonElement from, string name) =>
        [.. from.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];
}
