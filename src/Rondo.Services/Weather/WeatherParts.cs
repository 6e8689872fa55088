namespace Rondo.Services.Weather;

/// <summary>
/// What a source is asked for. Parts are asked at once and put in place by name, never by their order.
/// </summary>
[Flags]
internal enum WeatherParts
{
    None = 0,

    /// <summary>The conditions at present.</summary>
    Now = 1,

    /// <summary>A summary for each of the next days, by its date at the place.</summary>
    Days = 2,

    All = Now | Days,
}
