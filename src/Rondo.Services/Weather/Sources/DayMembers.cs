using System.Text.Json;

namespace Rondo.Services.Weather.Sources;

/// <summary>What a document calls the values of a day. They are read within their physical ranges.</summary>
internal sealed record DayMembers
{
    public required string Max { get; init; }

    public required string Min { get; init; }

    public required string RainPercent { get; init; }

    public required string Precipitation { get; init; }

    public required string WindSpeed { get; init; }

    public required string UvIndex { get; init; }

    public required string Code { get; init; }

    public IReadOnlyList<string> All => [Max, Min, RainPercent, Precipitation, WindSpeed, UvIndex, Code];

    /// <summary>One day, of values that <paramref name="of"/> finds by their names.</summary>
    public DayWeather Read(DateOnly date, Func<string, JsonElement?> of)
    {
        var day = new DayWeather(date)
        {
            Max = WeatherDocument.Temperature(of(Max)),
            Min = WeatherDocument.Temperature(of(Min)),
            RainPercent = WeatherDocument.Number(of(RainPercent), "probability", 0, 100),
            Precipitation = WeatherDocument.Number(of(Precipitation), "precipitation", 0, 2000),
            WindSpeed = WeatherDocument.Number(of(WindSpeed), "wind speed", 0, 500),
            UvIndex = WeatherDocument.Number(of(UvIndex), "UV index", 0, 30),
            Code = WeatherDocument.Code(of(Code)),
        };
        return day.Min > day.Max
            ? throw new WeatherFormatException($"On {date:yyyy-MM-dd} the lowest temperature is above the highest.")
            : day;
    }

    /// <summary>The days of a document; one date must not be told in two ways.</summary>
    public static IReadOnlyList<DayWeather> Distinct(IEnumerable<DayWeather> days)
    {
        var list = days.ToList();
        return list.DistinctBy(d => d.Date).Count() == list.Count
            ? list
            : throw new WeatherFormatException("A date is there twice.");
    }
}
