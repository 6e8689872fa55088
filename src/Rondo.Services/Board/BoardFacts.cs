using Rondo.Services.Currency;
using Rondo.Services.Registry;
using Rondo.Services.Supervision;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>Everything that the board knows at one moment. Immutable.</summary>
internal sealed record BoardFacts
{
    public required DateTimeOffset At { get; init; }

    public required BoardSettings Settings { get; init; }

    public required IReadOnlyList<BoardRoom> Rooms { get; init; }

    /// <summary>The last hour of each room, by its id.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<BoardLevel>> Hours { get; init; }

    /// <summary>Null until a source has answered.</summary>
    public ForecastView? Weather { get; init; }

    /// <summary>Null until somebody has told any.</summary>
    public RateSnapshot? Rates { get; init; }

    /// <summary>Null until the registry has been read.</summary>
    public RegistrySnapshot? Registry { get; init; }

    /// <summary>Services that run in processes of their own, which are kept running from here.</summary>
    public IReadOnlyList<ChildStatus> Children { get; init; } = [];

    /// <summary>Null when the lobby cannot be read.</summary>
    public IReadOnlyList<BoardLine>? Chat { get; init; }

    /// <summary>In which the board tells the time.</summary>
    public required TimeZoneInfo Zone { get; init; }

    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    public string Clock(DateTimeOffset at) =>
        Local(at).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
