namespace Rondo.Services.Weather;

/// <summary>
/// When the sun is where on one day of a place, by the sunrise equation: within two or three minutes, without asking
/// anybody. Null where it does not rise or set on that day.
/// </summary>
internal sealed record SunTimes(
    DateTimeOffset? Dawn, DateTimeOffset? Rise, DateTimeOffset Noon, DateTimeOffset? Set, DateTimeOffset? Dusk)
{
    // Refraction and half the sun's disc; the end of civil twilight.
    private const double RiseAltitude = -0.833;
    private const double TwilightAltitude = -6;

    private const double EarthTilt = 23.4397;

    private static readonly DateTimeOffset J2000 = new(2000, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static SunTimes Of(WeatherPlace place, DateOnly date)
    {
        var days = date.DayNumber - DateOnly.FromDateTime(J2000.DateTime).DayNumber;
        var (noon, declination) = Transit(place, days);

        // The longitude alone does not say which date a noon has: Kiritimati is a day ahead of its meridian.
        var off = date.DayNumber - place.Today(noon).DayNumber;
        if (off != 0)
        {
            (noon, declination) = Transit(place, days + off);
        }

        var rise = HalfArc(place, declination, RiseAltitude);
        var twilight = HalfArc(place, declination, TwilightAltitude);
        return new SunTimes(
            Local(noon - twilight), Local(noon - rise), place.Local(noon), Local(noon + rise), Local(noon + twilight));

        DateTimeOffset? Local(DateTimeOffset? at) => at is { } instant ? place.Local(instant) : null;
    }

    private static (DateTimeOffset Noon, double Declination) Transit(WeatherPlace place, int days)
    {
        var mean = days - ((double)place.Longitude / 360) + 0.0008;
        var anomaly = (357.5291 + (0.98560028 * mean)) % 360;
        var centre = (1.9148 * Sin(anomaly)) + (0.02 * Sin(2 * anomaly)) + (0.0003 * Sin(3 * anomaly));
        var longitude = (anomaly + centre + 180 + 102.9372) % 360;
        var transit = mean + (0.0053 * Sin(anomaly)) - (0.0069 * Sin(2 * longitude));
        return (
            J2000.AddTicks((long)(transit * TimeSpan.TicksPerDay)),
            double.RadiansToDegrees(Math.Asin(Sin(longitude) * Sin(EarthTilt))));
    }

    private static TimeSpan? HalfArc(WeatherPlace place, double declination, double altitude)
    {
        var latitude = (double)place.Latitude;
        var cosine = (Sin(altitude) - (Sin(latitude) * Sin(declination))) / (Cos(latitude) * Cos(declination));
        return cosine is >= -1 and <= 1 ? TimeSpan.FromDays(Math.Acos(cosine) / (2 * Math.PI)) : null;
    }

    private static double Sin(double degrees) => Math.Sin(double.DegreesToRadians(degrees));

    private static double Cos(double degrees) => Math.Cos(double.DegreesToRadians(degrees));
}
