using System.Text.Json;

namespace Rondo.Services.Weather.Sources;

/// <summary>What a document calls the values of the present. They are read within their physical ranges.</summary>
internal sealed record CurrentMembers
{
    public required string Temperature { get; init; }

    public required string FeelsLike { get; init; }

    public required string Humidity { get; init; }

    public required string DewPoint { get; init; }

    public required string Precipitation { get; init; }

    public required string CloudCover { get; init; }

    public required string Pressure { get; init; }

    public required string WindSpeed { get; init; }

    public required string WindFrom { get; init; }

    public required string Visibility { get; init; }

    /// <summary>How much of the document's visibility is a kilometre.</summary>
    public decimal Kilometre { get; init; } = 1;

    public required string UvIndex { get; init; }

    public required string Code { get; init; }

    public IReadOnlyList<string> All =>
    [
        Temperature, FeelsLike, Humidity, DewPoint, Precipitation, CloudCover, Pressure, WindSpeed, WindFrom,
        Visibility, UvIndex, Code,
    ];

    public CurrentWeather Read(JsonElement values) => new(
        WeatherDocument.Temperature(values.Member(Temperature))
            ?? throw new WeatherFormatException("The present has no temperature."))
    {
        FeelsLike = values.Number(FeelsLike, "temperature", -120, 90),
        HumidityPercent = values.Number(Humidity, "humidity", 0, 100),
        DewPoint = values.Number(DewPoint, "temperature", -100, 70),
        Precipitation = values.Number(Precipitation, "precipitation", 0, 500),
        CloudPercent = values.Number(CloudCover, "cloud cover", 0, 100),
        Pressure = values.Number(Pressure, "pressure", 800, 1150),
        WindSpeed = values.Number(WindSpeed, "wind speed", 0, 500),
        WindFrom = values.Number(WindFrom, "direction", 0, 360),
        Visibility = values.Number(Visibility, "visibility", 0, 1000 * Kilometre) / Kilometre,
        UvIndex = values.Number(UvIndex, "UV index", 0, 30),
        Code = WeatherDocument.Code(values.Value(Code)),
    };
}
