namespace Rondo.Services.Board;

/// <summary>How loud a room is by its own measure.</summary>
internal enum BoardRoomState
{
    Ok,

    /// <summary>Above what the room wants to be.</summary>
    Goal,

    /// <summary>For so long above its limit that it counts.</summary>
    Loud,

    /// <summary>Nothing has been measured lately.</summary>
    Silent,
}

/// <summary>One room at one moment. Levels are in dB(A).</summary>
/// <param name="Id">Lower case letters, digits and hyphens.</param>
/// <param name="Name">For people.</param>
/// <param name="State">How loud it is.</param>
internal sealed record BoardRoom(string Id, string Name, BoardRoomState State)
{
    public string Kind { get; init; } = "";

    /// <summary>The newest level; null when there is none that is fresh.</summary>
    public double? Level { get; init; }

    /// <summary>The mean of the last minute.</summary>
    public double? Minute { get; init; }

    /// <summary>The loudest moment of the newest second.</summary>
    public double? Max { get; init; }

    /// <summary>When the newest level was measured; null for never.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What is to be known about the level, by the names that devices send.</summary>
    public IReadOnlyList<string> Quality { get; init; } = [];

    public int Devices { get; init; }

    public double? Goal { get; init; }

    public double? Loud { get; init; }
}

/// <summary>One step of a room's history; no level where nothing was measured.</summary>
internal readonly record struct BoardLevel(DateTimeOffset At, double? Level);

/// <summary>What is to be said about one day, or the part of it that is over.</summary>
/// <param name="Levels">In steps of one length, oldest first.</param>
/// <param name="CoveragePercent">Of how much of the time there is a level.</param>
internal sealed record BoardDay(IReadOnlyList<BoardLevel> Levels, double CoveragePercent)
{
    public double? Mean { get; init; }

    public double? Max { get; init; }

    public double? L10 { get; init; }

    public double? L50 { get; init; }

    public double? L90 { get; init; }

    public IReadOnlyList<string> Quality { get; init; } = [];
}
