using System.Text.Json;
using static Rondo.Services.Weather.Sources.WeatherDocument;

namespace Rondo.Services.Weather.Sources;

/// <summary>
/// The compact document of Locationforecast 2.0. It has moments, no days: they are gathered here, by the calendar of
/// the place. Today is what is left of it.
/// </summary>
internal static class MetNoJson
{
    /// <summary>The document steps by an hour, later by six; a longer gap leaves the day out.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromHours(6);

    private static readonly TimeSpan MostOff = TimeSpan.FromHours(2);

    /// <exception cref="WeatherFormatException">
    /// The document has another shape, place or unit than asked for, or holds something impossible.
    /// </exception>
    public static WeatherReading Parse(byte[] document, WeatherPlace place, DateTimeOffset asOf, DateTimeOffset now) =>
        Read(document, root =>
        {
            var coordinates = root.Member("geometry").Member("coordinates").EnumerateArray().ToArray();
            CheckPlace(
                place,
                coordinates.Length < 2 ? null : Number(coordinates[1], "latitude", -90, 90),
                coordinates.Length < 2 ? null : Number(coordinates[0], "longitude", -180, 180));
            var properties = root.Member("properties");
            var units = properties.Member("meta").Member("units");
            CheckUnit(units, "air_temperature", "celsius");
            CheckUnit(units, "wind_speed", "m/s");
            CheckUnit(units, "precipitation_amount", "mm");
            var moments = properties.Member("timeseries").EnumerateArray()
                .Select(Moment.Of).OrderBy(m => m.At).ToList();
            if (moments.Count == 0 || moments.DistinctBy(m => m.At).Count() != moments.Count)
            {
                throw new WeatherFormatException("The document has no moments, or one twice.");
            }

            var nearest = moments.MinBy(m => (m.At - now).Duration())!;
            return new WeatherReading(asOf)
            {
                Now = (nearest.At - now).Duration() <= MostOff ? nearest.Current() : null,
                Days = Days(moments, place, now),
            };
        });

    private static List<DayWeather> Days(List<Moment> moments, WeatherPlace place, DateTimeOffset now)
    {
        var days = new List<DayWeather>();
        var start = now;
        for (var day = 0; day <= ForecastView.MostDays; day++)
        {
            var end = place.NextMidnight(start);
            var of = moments.Where(m => m.At >= start && m.At < end).ToList();
            if (IsWhole(of, moments, start, end))
            {
                days.Add(Day(place.Today(start), of));
            }

            start = end;
        }

        return days;
    }

    private static bool IsWhole(List<Moment> of, List<Moment> all, DateTimeOffset start, DateTimeOffset end)
    {
        if (of.Count == 0 || of[0].At - start > LongestStep)
        {
            return false;
        }

        var next = all.Find(m => m.At >= end)?.At ?? of[^1].At;
        return of.Zip(of.Skip(1).Select(m => m.At).Append(next < end ? end : next))
            .All(pair => pair.Second - pair.First.At <= LongestStep);
    }

    private static DayWeather Day(DateOnly date, List<Moment> of) => new(date)
    {
        Min = of.Min(m => m.Temperature),
        Max = of.Max(m => m.Temperature),
        Precipitation = of.TrueForAll(m => m.Precipitation is null) ? null : of.Sum(m => m.Precipitation),
        WindSpeed = of.Max(m => m.WindSpeed),
        Code = of.Select(m => m.Code).OfType<int>().DefaultIfEmpty(-1).Max() is >= 0 and var worst ? worst : null,
    };

    private sealed record Moment(DateTimeOffset At, decimal Temperature, JsonElement Details)
    {
        public decimal? WindSpeed { get; init; }

        /// <summary>Until the next moment.</summary>
        public decimal? Precipitation { get; init; }

        public int? Code { get; init; }

        public static Moment Of(JsonElement entry)
        {
            var data = entry.Member("data");
            var details = data.Member("instant").Member("details");
            var step = data.TryGetProperty("next_1_hours", out var hour) ? hour
                : data.TryGetProperty("next_6_hours", out var six) ? six
                : default(JsonElement?);
            return new Moment(
                Instant(entry.Member("time").GetString()),
                WeatherDocument.Temperature(details.Member("air_temperature"))
                    ?? throw new WeatherFormatException("A moment has no temperature."),
                details)
            {
                WindSpeed = details.Number("wind_speed", "wind speed", 0, 140) * 3.6m,
                Precipitation = step is { } amounts && amounts.TryGetProperty("details", out var amount)
                    ? amount.Number("precipitation_amount", "precipitation", 0, 1000)
                    : null,
                Code = step is { } summed && summed.TryGetProperty("summary", out var summary)
                    ? WeatherCode.OfSymbol(summary.Member("symbol_code").GetString() ?? "")
                    : null,
            };
        }

        public CurrentWeather Current() => new(Temperature)
        {
            HumidityPercent = Details.Number("relative_humidity", "humidity", 0, 101),
            Pressure = Details.Number("air_pressure_at_sea_level", "pressure", 800, 1150),
            WindFrom = Details.Number("wind_from_direction", "direction", 0, 360),
            CloudPercent = Details.Number("cloud_area_fraction", "cloud cover", 0, 101),
            WindSpeed = WindSpeed,
            Precipitation = Precipitation,
            Code = Code,
        };
    }
}
