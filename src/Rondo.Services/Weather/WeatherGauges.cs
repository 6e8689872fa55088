using System.Globalization;
using System.Text;

namespace Rondo.Services.Weather;

/// <summary>
/// The weather in Prometheus's text format, with the names that wttr.in gives: <c>forecast="current"</c> for the
/// present, <c>"0d"</c> for today, <c>"1d"</c> for tomorrow. A value that nobody knows is left out.
/// </summary>
internal static class WeatherGauges
{
    public static string Write(ForecastView view, int days, DateTimeOffset now)
    {
        var text = new StringBuilder();
        var place = Escape(view.Place.Name);
        var imperial = WeatherUnits.Imperial;
        if (view.Now is { } weather)
        {
            const string current = "current";
            Add("temperature_celsius", "Temperature in Celsius", current, weather.Temperature);
            Add(
                "temperature_fahrenheit", "Temperature in Fahrenheit", current,
                imperial.Temperature(weather.Temperature));
            Add("temperature_feels_like_celsius", "Feels like temperature in Celsius", current, weather.FeelsLike);
            Add(
                "temperature_feels_like_fahrenheit", "Feels like temperature in Fahrenheit", current,
                imperial.Temperature(weather.FeelsLike));
            Add("humidity_percentage", "Humidity in percent", current, weather.HumidityPercent);
            Add("cloudcover_percentage", "Cloud coverage in percent", current, weather.CloudPercent);
            Add("precipitation_mm", "Precipitation in mm", current, weather.Precipitation);
            Add("pressure_hpa", "Air pressure in hPa", current, weather.Pressure);
            Add("uv_index", "Ultraviolet radiation index", current, weather.UvIndex);
            Add("visibility", "Visible distance in kilometres", current, weather.Visibility);
            Add("weather_code", "Code of the weather, of the WMO's table 4677", current, weather.Code);
            Add("winddir_degree", "Where the wind comes from, in degrees", current, weather.WindFrom);
            Add("windspeed_kmph", "Wind speed in kilometres per hour", current, weather.WindSpeed);
            Add("windspeed_mph", "Wind speed in miles per hour", current, imperial.Speed(weather.WindSpeed));
        }

        Days("temperature_celsius_maximum", "Highest temperature in Celsius", d => d.Max);
        Days("temperature_celsius_minimum", "Lowest temperature in Celsius", d => d.Min);
        Days("temperature_fahrenheit_maximum", "Highest temperature in Fahrenheit", d => imperial.Temperature(d.Max));
        Days("temperature_fahrenheit_minimum", "Lowest temperature in Fahrenheit", d => imperial.Temperature(d.Min));
        Days("precipitation_probability_percentage", "Probability of precipitation in percent", d => d.RainPercent);
        Days("astronomy_sunrise_min", "Minutes from the start of the day to sunrise", d => Minutes(Sun(d).Rise));
        Days("astronomy_sunset_min", "Minutes from the start of the day to sunset", d => Minutes(Sun(d).Set));
        Add(
            "astronomy_moon_illumination", "Percentage of the moon illuminated", "0d",
            MoonPhase.IlluminatedPercent(now));
        Add("weather_age_seconds", "Time since this was true", "current", (long)view.Age(now).TotalSeconds);
        Add("weather_stale", "1 while newer weather should have arrived", "current", view.IsStale ? 1 : 0);
        Add("weather_fixture", "1 when the weather is invented", "current", view.IsFixture ? 1 : 0);
        return text.ToString();

        SunTimes Sun(DayWeather day) => SunTimes.Of(view.Place, day.Date);

        void Days(string name, string help, Func<DayWeather, decimal?> value)
        {
            var hasHead = false;
            for (var offset = 0; offset < days; offset++)
            {
                if (view.Day(offset) is { } day && value(day) is { } number)
                {
                    Sample(name, hasHead ? null : help, $"{offset}d", number);
                    hasHead = true;
                }
            }
        }

        void Add(string name, string help, string forecast, decimal? value)
        {
            if (value is { } number)
            {
                Sample(name, help, forecast, number);
            }
        }

        void Sample(string name, string? help, string forecast, decimal value)
        {
            if (help is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");
            }

            text.Append(
                CultureInfo.InvariantCulture,
                $"{name}{{forecast=\"{forecast}\",place=\"{place}\"}} {WeatherUnits.Round(value, 2)!.Value:0.##}\n");
        }
    }

    private static decimal? Minutes(DateTimeOffset? at) => at is { } local ? (int)local.TimeOfDay.TotalMinutes : null;

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
