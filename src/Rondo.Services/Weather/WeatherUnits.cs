using System.Globalization;

namespace Rondo.Services.Weather;

/// <summary>Units that values are shown in; they are kept in metric ones.</summary>
internal sealed class WeatherUnits
{
    private const decimal KilometresPerMile = 1.609344m;
    private const decimal MillimetresPerInch = 25.4m;

    private WeatherUnits(string temperature, string speed, string length, string distance) =>
        (TemperatureUnit, SpeedUnit, LengthUnit, DistanceUnit) = (temperature, speed, length, distance);

    /// <summary>°C, km/h, mm, km.</summary>
    public static WeatherUnits Metric { get; } = new("°C", "km/h", "mm", "km");

    /// <summary>The same with metres per second.</summary>
    public static WeatherUnits Si { get; } = new("°C", "m/s", "mm", "km");

    /// <summary>°F, mph, inches, miles.</summary>
    public static WeatherUnits Imperial { get; } = new("°F", "mph", "in", "mi");

    public string TemperatureUnit { get; }

    public string SpeedUnit { get; }

    public string LengthUnit { get; }

    public string DistanceUnit { get; }

    public decimal? Temperature(decimal? celsius) =>
        Round(this == Imperial ? (celsius * 9 / 5) + 32 : celsius, 1);

    public decimal? Speed(decimal? kilometresPerHour) => Round(
        this == Si ? kilometresPerHour / 3.6m
        : this == Imperial ? kilometresPerHour / KilometresPerMile
        : kilometresPerHour,
        1);

    public decimal? Length(decimal? millimetres) =>
        this == Imperial ? Round(millimetres / MillimetresPerInch, 2) : Round(millimetres, 1);

    /// <summary>With the decimals that the unit deserves.</summary>
    public string? LengthText(decimal? millimetres) =>
        Length(millimetres) is { } length ? Text(length, this == Imperial ? 2 : 1) : null;

    public decimal? Distance(decimal? kilometres) =>
        Round(this == Imperial ? kilometres / KilometresPerMile : kilometres, 1);

    /// <summary>Halves away from zero, and never a negative zero.</summary>
    public static decimal? Round(decimal? value, int decimals) =>
        value is { } given && decimal.Round(given, decimals, MidpointRounding.AwayFromZero) is var rounded
            ? rounded == 0 ? 0m : rounded
            : null;

    /// <summary>With exactly so many decimals: <c>10.1</c>, <c>0.0</c>.</summary>
    public static string Text(decimal value, int decimals) =>
        Round(value, decimals)!.Value.ToString("F" + decimals, CultureInfo.InvariantCulture);

    /// <summary>A whole number with its sign, as terminals show temperatures: <c>+11</c>, <c>+0</c>.</summary>
    public static string Signed(decimal value) =>
        Round(value, 0)!.Value.ToString("+0;-0;+0", CultureInfo.InvariantCulture);
}
