using Rondo.Services.Hosting.Pages;
using Rondo.Services.Tests.Support;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class LineFormatTests
{
    private static readonly WeatherPlace Munich = Gazetteer.Resolve("Munich").Place!;

    [Theory]
    [InlineData("1", "🌦️ +10°C\n")]
    [InlineData("2", "🌦️ 🌡️+10°C 🌬️→14km/h\n")]
    [InlineData("3", "Munich: 🌦️ +10°C\n")]
    [InlineData("4", "Munich: 🌦️ 🌡️+10°C 🌬️→14km/h\n")]
    [InlineData("%c|%C|%x|%i", "🌦️|Light rain|/|61")]
    [InlineData("%t %f %e %H %L", "+10°C +8°C +8°C +11°C +3°C")]
    [InlineData("%h %w %p %o %P %u", "87% →14km/h 0.4mm 90% 1008hPa 1")]
    [InlineData("%l at %T in %Z", "Munich at 19:00:00+0100 in Europe/Berlin")]
    [InlineData("%m %M", "🌔 11")]
    [InlineData("%q %% 100%", "%q %% 100%")]
    [InlineData("%l\\n", "Munich\n")]
    public void Write_Letters_MeanWhatTheyMeanToWttr(string format, string expected) =>
        Assert.Equal(expected, Write(format, View()));

    [Fact]
    public void Write_Sun_IsThatOfThePlaceAndDay()
    {
        var times = Write("%D %S %z %s %d", View()).Split(' ').Select(t => TimeOnly.Parse(t, null)).ToArray();

        // By the almanac: 06:52, 07:26, 11:59, 16:30, 17:05.
        TimeOnly[] almanac = [new(6, 52), new(7, 26), new(11, 59), new(16, 30), new(17, 5)];
        Assert.All(almanac.Zip(times), pair => Assert.InRange(
            (pair.First.ToTimeSpan() - pair.Second.ToTimeSpan()).TotalMinutes, -4, 4));
    }

    [Theory]
    [InlineData("imperial", "+50°F ↑9mph 0.02in", 180)]
    [InlineData("si", "+10°C ↓4m/s 0.4mm", 0)]
    [InlineData("metric", "+10°C ↓14km/h 0.4mm", 359.9)]
    [InlineData("metric", "+10°C ↙14km/h 0.4mm", 22.5)]
    public void Write_Units_AreThoseAskedFor(string units, string expected, double from)
    {
        var view = View(weather => weather with { WindFrom = (decimal)from });

        Assert.Equal(expected, Write("%t %w %p", view, new WeatherStyle().WithUnits(units)!.Units));
    }

    [Theory]
    [InlineData(-0.4, "+0°C")]
    [InlineData(-0.5, "-1°C")]
    [InlineData(0.5, "+1°C")]
    [InlineData(-0.04, "+0°C")]
    public void Write_JustBelowZero_IsNeverMinusZero(double temperature, string expected)
    {
        var view = View(weather => weather with { Temperature = (decimal)temperature });

        Assert.Equal(expected, Write("%t", view));
        Assert.DoesNotContain("-0.0", SeedText.Degrees((decimal)-0.04));
    }

    [Fact]
    public void Write_UnknownValues_AreQuestionMarksAndNoRainIsNothing()
    {
        var view = new ForecastView(
            Munich,
            Held(new CurrentWeather(1), [new DayWeather(new DateOnly(2026, 11, 20)) { Max = 1, RainPercent = 0.3m }]),
            TestWeather.Now);

        Assert.Equal("? ? ? ? ? ? ? ? ? |", Write("%c %C %x %i %f %e %h %w %p %o|", view));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("v2")]
    [InlineData("%t\u001b[31m")]
    [InlineData("%t\r\nSet-Cookie: a")]
    [InlineData("%t\u009b")]
    public void TryParse_NoFormatOrOneThatSteersTerminals_IsRefused(string text)
    {
        Assert.Null(LineFormat.TryParse(text, out var mistake));
        Assert.NotEmpty(mistake);
    }

    [Fact]
    public void TryParse_TooLong_IsRefused() =>
        Assert.Null(LineFormat.TryParse(string.Concat(Enumerable.Repeat("%t", 501)), out _));

    private static string Write(string format, ForecastView view, WeatherUnits? units = null) =>
        LineFormat.TryParse(format, out _)!.Write(
            view, units ?? WeatherUnits.Metric, PageLanguage.English, TestWeather.Now);

    private static ForecastView View(Func<CurrentWeather, CurrentWeather>? change = null)
    {
        var weather = new CurrentWeather(10.1m)
        {
            FeelsLike = 8.3m,
            HumidityPercent = 87,
            DewPoint = 8,
            Precipitation = 0.4m,
            Pressure = 1008.2m,
            WindSpeed = 14.4m,
            WindFrom = 250,
            UvIndex = 1,
            Code = 61,
        };
        return new ForecastView(
            Munich,
            Held(
                change?.Invoke(weather) ?? weather,
                [new DayWeather(new DateOnly(2026, 11, 20)) { Min = 3.4m, Max = 11.2m, RainPercent = 90 }]),
            TestWeather.Now);
    }

    private static HeldWeather Held(CurrentWeather weather, IReadOnlyList<DayWeather> days)
    {
        var later = TestWeather.Now.AddHours(1);
        return new HeldWeather(
            new HeldPart<CurrentWeather>(weather, "file", TestWeather.Now, later, later, later),
            new HeldPart<IReadOnlyList<DayWeather>>(days, "file", TestWeather.Now, later, later, later));
    }
}
