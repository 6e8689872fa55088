using System.Globalization;

namespace Rondo.Services.Weather;

/// <summary>
/// Somewhere on Earth with a calendar of its own. Latitude and longitude are in degrees with at most four decimals
/// (11 m), which is also all that met.no takes.
/// </summary>
internal sealed record WeatherPlace
{
    private const int LongestName = 100;
    private const double EarthRadiusKm = 6371;

    private readonly Lazy<TimeZoneInfo> _zone;

    public WeatherPlace(string id, string name, decimal latitude, decimal longitude, string zoneId)
    {
        Id = id;
        Name = name;
        Latitude = Rounded(latitude);
        Longitude = Rounded(longitude);
        _zone = new Lazy<TimeZoneInfo>(() =>
            TimeZoneInfo.TryFindSystemTimeZoneById(zoneId, out var zone) ? zone : TimeZoneInfo.Utc);
    }

    /// <summary>Lower case letters, digits and hyphens, or <c>at_</c> and coordinates.</summary>
    public string Id { get; }

    public string Name { get; }

    public string? Region { get; init; }

    /// <summary>Two letters of ISO 3166.</summary>
    public string? CountryCode { get; init; }

    public string? Country { get; init; }

    public decimal Latitude { get; }

    public decimal Longitude { get; }

    /// <summary>False for bare coordinates.</summary>
    public bool IsNamed { get; init; } = true;

    /// <summary>Whether somebody here has saved it.</summary>
    public bool IsSaved { get; init; }

    /// <summary>The name of its event stream.</summary>
    public string Stream => (IsSaved ? "weather/saved/" : "weather/") + Id;

    /// <summary>UTC on a machine that knows nothing of the zone; every answer names the zone it counts in.</summary>
    public TimeZoneInfo Zone => _zone.Value;

    public string ZoneName => Zone == TimeZoneInfo.Utc ? "UTC" : Zone.Id;

    /// <summary>What weather is kept by: the same coordinates are the same weather, whatever they are called.</summary>
    public (decimal Latitude, decimal Longitude) Key => (Latitude, Longitude);

    /// <summary>Such as <c>Springfield, Illinois, United States</c>.</summary>
    public string FullName => string.Join(", ", new[] { Name, Region, Country }.Where(p => !string.IsNullOrEmpty(p)));

    public DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(Local(now).DateTime);

    public DateTimeOffset Local(DateTimeOffset now) => TimeZoneInfo.ConvertTime(now, Zone);

    /// <summary>The moment at which the date changes, also where the clock is set at midnight.</summary>
    public DateTimeOffset NextMidnight(DateTimeOffset now)
    {
        var today = Today(now);
        var (before, after) = (now.UtcTicks, now.UtcTicks + TimeSpan.FromHours(26).Ticks);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            (before, after) = Today(new DateTimeOffset(middle, TimeSpan.Zero)) == today
                ? (middle, after)
                : (before, middle);
        }

        return new DateTimeOffset(after, TimeSpan.Zero);
    }

    /// <summary>By the haversine formula.</summary>
    public double KilometresTo(double latitude, double longitude)
    {
        var (phi, other) = (double.DegreesToRadians((double)Latitude), double.DegreesToRadians(latitude));
        var dPhi = (other - phi) / 2;
        var dLambda = double.DegreesToRadians(longitude - (double)Longitude) / 2;
        var a = Math.Pow(Math.Sin(dPhi), 2) + (Math.Cos(phi) * Math.Cos(other) * Math.Pow(Math.Sin(dLambda), 2));
        return 2 * EarthRadiusKm * Math.Asin(Math.Min(1, Math.Sqrt(a)));
    }

    /// <summary>A name that may be shown anywhere, a terminal included.</summary>
    public static bool IsShownName(string text) =>
        text.Length <= LongestName && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);

    /// <summary>To four decimals.</summary>
    public static decimal Rounded(decimal degrees) => WeatherUnits.Round(degrees, 4)!.Value;

    /// <summary>Such as <c>48.2,11.6</c>.</summary>
    public static string Text(decimal latitude, decimal longitude) =>
        string.Create(CultureInfo.InvariantCulture, $"{latitude:0.####},{longitude:0.####}");
}
