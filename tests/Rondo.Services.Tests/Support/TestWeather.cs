using System.Globalization;
using System.Text;

namespace Rondo.Services.Tests.Support;

/// <summary>Documents of weather in the forms that the sources send.</summary>
internal static class TestWeather
{
    /// <summary>A Friday, 19:00 in Munich.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    /// <summary>Open-Meteo's answer for the present in Munich.</summary>
    public static string Current(
        decimal temperature = 10.1m, string time = "2026-11-20T19:00", string latitude = "48.14", string longitude = "11.58",
        string zone = "Europe/Berlin", int offset = 3600) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"latitude":{{latitude}},"longitude":{{longitude}},"generationtime_ms":0.1,"utc_offset_seconds":{{offset}},
         "timezone":"{{zone}}","timezone_abbreviation":"CET","elevation":524,
         "current_units":{"time":"iso8601","temperature_2m":"°C","wind_speed_10m":"km/h","precipitation":"mm"},
         "current":{"time":"{{time}}","interval":900,"temperature_2m":{{temperature}},"apparent_temperature":8.4,
          "relative_humidity_2m":87,"dew_point_2m":8.0,"precipitation":0.4,"weather_code":61,"cloud_cover":95,
          "pressure_msl":1008.2,"wind_speed_10m":14.4,"wind_direction_10m":250,"visibility":9500,"uv_index":0.5} }
        """);

    /// <summary>Open-Meteo's answer for the days of Munich from <paramref name="first"/> on; a highest temperature for each.</summary>
    public static string Days(string first, params decimal[] highest)
    {
        var start = DateOnly.ParseExact(first, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"latitude":48.14,"longitude":11.58,"utc_offset_seconds":3600,"timezone":"Europe/Berlin",
             "daily_units":{"time":"iso8601","temperature_2m_max":"°C","precipitation_sum":"mm","wind_speed_10m_max":"km/h"},
             "daily":{"time":[{{List(highest, (i, _) => $"\"{start.AddDays(i):yyyy-MM-dd}\"")}}],
              "weather_code":[{{List(highest, (_, _) => "3")}}],
              "temperature_2m_max":[{{List(highest, (_, h) => h.ToString(CultureInfo.InvariantCulture))}}],
              "temperature_2m_min":[{{List(highest, (_, h) => (h - 5).ToString(CultureInfo.InvariantCulture))}}],
              "precipitation_probability_max":[{{List(highest, (_, _) => "90")}}],
              "precipitation_sum":[{{List(highest, (_, _) => "1.5")}}],
              "wind_speed_10m_max":[{{List(highest, (_, _) => "20.5")}}],
              "uv_index_max":[{{List(highest, (_, _) => "1.2")}}]} }
            """);
    }

    /// <summary>met.no's document for Munich: every hour from <paramref name="first"/> on, its number as the temperature.</summary>
    public static string MetNo(DateTimeOffset first, int hours, string coordinates = "11.5754,48.1371,524")
    {
        var entries = new StringBuilder();
        for (var hour = 0; hour < hours; hour++)
        {
            entries.Append(hour == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""
                {"time":"{{first.AddHours(hour).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}","data":{"instant":{"details":
                 {"air_temperature":{{hour % 24}},"wind_speed":5,"wind_from_direction":90,"relative_humidity":80,
                  "air_pressure_at_sea_level":1010,"cloud_area_fraction":50} },
                 "next_1_hours":{"summary":{"symbol_code":"lightrain"},"details":{"precipitation_amount":0.1} } } }
                """);
        }

        return $$"""
            {"type":"Feature","geometry":{"type":"Point","coordinates":[{{coordinates}}]},"properties":{
             "meta":{"updated_at":"2026-11-20T17:00:00Z","units":{"air_temperature":"celsius","wind_speed":"m/s",
              "precipitation_amount":"mm"} },"timeseries":[{{entries}}]} }
            """;
    }

    private static string List(decimal[] highest, Func<int, decimal, string> text) =>
        string.Join(',', highest.Select((h, i) => text(i, h)));
}
