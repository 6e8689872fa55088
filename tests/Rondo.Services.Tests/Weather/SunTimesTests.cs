using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class SunTimesTests
{
    [Theory]
    [InlineData("Longyearbyen", "2026-06-21")]
    [InlineData("Longyearbyen", "2026-12-21")]
    public void Sun_PolarDayAndNight_NeitherRisesNorSets(string place, string date)
    {
        var sun = SunTimes.Of(Gazetteer.Resolve(place).Place!, DateOnly.Parse(date, null));

        Assert.Equal((null, null), (sun.Rise, sun.Set));
    }

    [Theory]
    [InlineData("Kiritimati")]
    [InlineData("Pago Pago")]
    [InlineData("Auckland")]
    [InlineData("Honolulu")]
    public void Sun_AtAnyOffset_IsThatOfTheLocalDate(string place)
    {
        var date = new DateOnly(2026, 11, 20);
        var sun = SunTimes.Of(Gazetteer.Resolve(place).Place!, date);

        Assert.All([sun.Rise!.Value, sun.Noon, sun.Set!.Value], at => Assert.Equal(date, DateOnly.FromDateTime(at.DateTime)));
        Assert.InRange(sun.Rise!.Value.Hour, 4, 8);
    }
}
