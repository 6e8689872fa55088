using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Services.Noise;

/// <summary>What was decided about a room, as it is kept. Immutable: a change makes another.</summary>
internal sealed record NoiseRoomConfig
{
    public static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(10);

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The id of a <see cref="NoiseKind"/>.</summary>
    public string Kind { get; init; } = "other";

    /// <summary>dB(A) to stay below.</summary>
    public double Goal { get; init; }

    /// <summary>dB(A) that is too loud.</summary>
    public double Loud { get; init; }

    /// <summary>How long it must be too loud before somebody is told, and quiet again likewise.</summary>
    public TimeSpan Hold { get; init; } = DefaultHold;

    /// <summary>When the limit counts, such as <c>08:00-16:00</c>; null for always.</summary>
    public string? Hours { get; init; }

    [JsonIgnore]
    public NoiseHours? CountedHours => Hours is { } text ? NoiseHours.Parse(text) : null;

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static NoiseRoomConfig Of(string id, NoiseKind kind) =>
        new() { Id = id, Name = id, Kind = kind.Id, Goal = kind.Goal, Loud = kind.Loud };
}

/// <summary>A device of a room, as it is kept; of its token only a hash.</summary>
internal sealed record NoiseDeviceConfig
{
    public required string RoomId { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the token, in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>What is added to dB of full scale; null while nobody has calibrated it.</summary>
    public double? Offset { get; init; }

    /// <summary>How it was calibrated, and when; null while it was not.</summary>
    public string? Calibration { get; init; }

    public DateTimeOffset? CalibratedAt { get; init; }
}
