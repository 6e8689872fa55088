namespace Rondo.Services.Board;

/// <summary>Where the board has its rooms from.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal interface IBoardRooms
{
    /// <summary>The rooms at present, in the order in which they are shown.</summary>
    IReadOnlyList<BoardRoom> Rooms();

    /// <summary>The means of each minute of a room from a moment on, oldest first.</summary>
    ValueTask<IReadOnlyList<BoardLevel>> MinutesAsync(string room, DateTimeOffset from, DateTimeOffset to);

    /// <summary>What is to be said about a room from a moment on.</summary>
    ValueTask<BoardDay> DayAsync(string room, DateTimeOffset from, DateTimeOffset to);

    /// <summary>What a room can be for.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Adds a room by its name. Returns what is wrong, or null once it is kept.</summary>
    Task<string?> AddAsync(string name, string kind);

    /// <summary>A way for one device to begin to measure; null when there is no such room.</summary>
    Task<BoardTicket?> TicketAsync(string room);
}
