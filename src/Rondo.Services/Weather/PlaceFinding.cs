namespace Rondo.Services.Weather;

internal enum PlaceFailure
{
    None,

    /// <summary>Neither a name nor coordinates.</summary>
    Unreadable,

    Unknown,

    /// <summary>Several places have that name.</summary>
    Ambiguous,
}

/// <summary>The place that a text names, or why there is none, and what may have been meant.</summary>
internal sealed record PlaceFinding(
    WeatherPlace? Place, PlaceFailure Failure, string Reason, IReadOnlyList<WeatherPlace> Near)
{
    public static PlaceFinding Found(WeatherPlace place) => new(place, PlaceFailure.None, "", []);

    public static PlaceFinding Unreadable(string reason) => new(null, PlaceFailure.Unreadable, reason, []);
}
