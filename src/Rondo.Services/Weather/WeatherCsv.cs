using System.Globalization;
using System.Text;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>A row for each day, after a header that names the units; empty is what nobody knows.</summary>
internal static class WeatherCsv
{
    public static string Write(ForecastView view, int days, WeatherUnits units, PageLanguage language)
    {
        var text = new StringBuilder();
        var degrees = units.TemperatureUnit;
        text.Append($"place,date,now ({degrees}),min ({degrees}),max ({degrees}),rain probability (%),")
            .Append($"precipitation ({units.LengthUnit}),wind ({units.SpeedUnit}),code,text,source,observed at,stale\r\n");
        for (var offset = 0; offset < days; offset++)
        {
            var day = view.Day(offset);
            var code = WeatherCode.Find(day?.Code);
            text.AppendJoin(
                ',',
                Field(view.Place.Name),
                view.Today.AddDays(offset).ToString("O", CultureInfo.InvariantCulture),
                Field(offset == 0 ? units.Temperature(view.Now?.Temperature) : null),
                Field(units.Temperature(day?.Min)),
                Field(units.Temperature(day?.Max)),
                Field(day?.RainPercent),
                Field(units.Length(day?.Precipitation)),
                Field(units.Speed(day?.WindSpeed)),
                code?.Code.ToString(CultureInfo.InvariantCulture) ?? "",
                Field(code?.Text(language) ?? ""),
                Field(view.Source),
                WeatherJson.Instant(view.AsOf),
                view.IsStale ? "true" : "false").Append("\r\n");
        }

        return text.ToString();
    }

    private static string Field(decimal? value) => value is { } number
        ? WeatherUnits.Round(number, 2)!.Value.ToString("0.##", CultureInfo.InvariantCulture)
        : "";

    // RFC 4180; what a spreadsheet would take for a formula gets an apostrophe, as names are free text.
    private static string Field(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@', ..] ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\n")
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
