using System.Collections.Immutable;
using Rondo.Services.Board;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

/// <summary>Rooms that are as a test says.</summary>
internal sealed class TestRooms : IBoardRooms
{
    public ImmutableList<BoardRoom> All { get; set; } = [];

    public IReadOnlyList<BoardLevel> Minutes { get; set; } = [];

    public BoardDay Day { get; set; } = new([], 0);

    public IReadOnlyList<string> Kinds { get; } = ["lobby", "classroom"];

    public IReadOnlyList<BoardRoom> Rooms() => All;

    public ValueTask<IReadOnlyList<BoardLevel>> MinutesAsync(string room, DateTimeOffset from, DateTimeOffset to) =>
        ValueTask.FromResult(Minutes);

    public ValueTask<BoardDay> DayAsync(string room, DateTimeOffset from, DateTimeOffset to) =>
        ValueTask.FromResult(Day);

    public Task<string?> AddAsync(string name, string kind)
    {
        var isKnown = Kinds.Contains(kind);
        All = isKnown ? All.Add(new BoardRoom(name.ToLowerInvariant(), name, BoardRoomState.Silent)) : All;
        return Task.FromResult(isKnown ? null : "There is no such kind.");
    }

    public Task<BoardTicket?> TicketAsync(string room) => Task.FromResult(
        All.Find(r => r.Id == room) is { } found
            ? new BoardTicket(found.Name, $"/noise/measure/{room}#ticket=t-1", TestServer.Friday)
            : null);

    public Task<TestServer> ServeAsync(TimeProvider? time = null, TestFolder? folder = null) => TestServer.StartAsync(
        time: time, folder: folder, configure: services => services.AddSingleton<IBoardRooms>(this));
}
