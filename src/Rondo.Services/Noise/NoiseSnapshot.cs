using System.Collections.Immutable;
using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise;

/// <summary>How a room is.</summary>
internal enum NoiseState
{
    /// <summary>Nothing fresh is known.</summary>
    Silent,

    /// <summary>At or below its goal.</summary>
    Ok,

    /// <summary>Above its goal.</summary>
    Goal,

    /// <summary>Too loud, for so long that somebody was told.</summary>
    Loud,
}

/// <summary>All rooms at one moment. Immutable.</summary>
/// <param name="At">That moment.</param>
/// <param name="Rooms">By id.</param>
/// <param name="Alarms">The newest alarms, oldest first.</param>
internal sealed record NoiseSnapshot(
    DateTimeOffset At, ImmutableArray<RoomLevel> Rooms, ImmutableArray<NoiseAlarm> Alarms)
{
    public static NoiseSnapshot Empty { get; } = new(default, [], []);

    public RoomLevel? Find(string id) => Rooms.FirstOrDefault(r => r.Id == id);
}

/// <summary>A room at one moment. Immutable.</summary>
internal sealed record RoomLevel
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The id of a <see cref="NoiseKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>dB(A) to stay below.</summary>
    public double Goal { get; init; }

    /// <summary>dB(A) that is too loud.</summary>
    public double Loud { get; init; }

    public NoiseState State { get; init; }

    /// <summary>The newest second in dB(A), the energy mean of the devices; null when nothing fresh is known.</summary>
    public double? LAeq { get; init; }

    /// <summary>The loudest moment of that second.</summary>
    public double? LAFmax { get; init; }

    /// <summary>The level of the last 60 seconds; null when nothing of them is known.</summary>
    public double? Leq1m { get; init; }

    /// <summary>When the newest that is known had ended; null when nothing ever was.</summary>
    public DateTimeOffset? HeardUntil { get; init; }

    /// <summary>What is to be said about the level.</summary>
    public LevelFlags Quality { get; init; }

    /// <summary>Devices whose levels are fresh.</summary>
    public int Devices { get; init; }

    /// <summary>The talks' number, which is no level; null of all rooms but theirs.</summary>
    public double? LegacyValue { get; init; }

    /// <summary>Since when it is too loud; null while it is not.</summary>
    public DateTimeOffset? LoudSince { get; init; }

    /// <summary>The last hour by minutes, oldest first; a minute of which nothing is known is not there.</summary>
    public ImmutableArray<MinuteLevel> Minutes { get; init; } = [];
}

/// <summary>A minute of a room.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Leq">Its level in dB(A).</param>
/// <param name="Lmax">Its loudest moment.</param>
/// <param name="Coverage">How much of a whole minute is known, in percent.</param>
internal readonly record struct MinuteLevel(DateTimeOffset Start, double Leq, double Lmax, double Coverage);

/// <summary>A room has become too loud, or quiet again.</summary>
/// <param name="Seq">Its number in the stream of alarms.</param>
/// <param name="RoomId">Which room.</param>
/// <param name="Name">The room's name then.</param>
/// <param name="IsLoud">What it has become.</param>
/// <param name="Since">Since when.</param>
/// <param name="LAeq">The level; null when nothing is heard any more.</param>
/// <param name="Limit">What was too loud.</param>
internal sealed record NoiseAlarm(
    long Seq, string RoomId, string Name, bool IsLoud, DateTimeOffset Since, double? LAeq, double Limit);
