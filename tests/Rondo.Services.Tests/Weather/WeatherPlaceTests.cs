using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class WeatherPlaceTests
{
    [Theory]
    [InlineData("Munich", "2026-11-20T22:59:59Z", "2026-11-20", "2026-11-20T23:00:00Z")]
    [InlineData("Munich", "2026-11-20T23:00:00Z", "2026-11-21", "2026-11-21T23:00:00Z")]
    [InlineData("Munich", "2026-03-28T23:00:00Z", "2026-03-29", "2026-03-29T22:00:00Z")] // 23 hours
    [InlineData("Munich", "2026-10-24T22:00:00Z", "2026-10-25", "2026-10-25T23:00:00Z")] // 25 hours
    [InlineData("Kiritimati", "2026-11-20T10:00:00Z", "2026-11-21", "2026-11-21T10:00:00Z")]
    [InlineData("Pago Pago", "2026-11-20T10:59:59Z", "2026-11-19", "2026-11-20T11:00:00Z")]
    [InlineData("Kathmandu", "2026-11-20T18:14:59Z", "2026-11-20", "2026-11-20T18:15:00Z")]
    [InlineData("Cairo", "2026-04-23T21:59:59Z", "2026-04-23", "2026-04-23T22:00:00Z")] // the clock leaps at midnight
    public void Today_AtAnyPlace_EndsAtItsMidnight(string name, string now, string today, string midnight)
    {
        var place = Gazetteer.Resolve(name).Place!;

        Assert.Equal(today, place.Today(WeatherRig.At(now)).ToString("O", null));
        Assert.Equal(WeatherRig.At(midnight), place.NextMidnight(WeatherRig.At(now)));
    }

    [Fact]
    public void Coordinates_AreRoundedToFourDecimals()
    {
        var place = Gazetteer.Resolve("48.137154123456,-0.00001").Place!;

        Assert.Equal((48.1372m, 0m, "48.1372,0"), (place.Latitude, place.Longitude, place.Name));
        Assert.Equal("at_48_1372/0", place.Id);
    }

    [Fact]
    public void Distance_MunichToBerlin_IsAbout500Kilometres() => Assert.InRange(
        Gazetteer.Resolve("Munich").Place!.KilometresTo(52.52, 13.405), 503, 506);
}
