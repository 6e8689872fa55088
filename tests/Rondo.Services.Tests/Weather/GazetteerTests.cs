using Rondo.Services.Streams;
using Rondo.Services.Weather;

namespace Rondo.Services.Tests.Weather;

public sealed class GazetteerTests
{
    [Theory]
    [InlineData("Munich", "munich-de")]
    [InlineData("MÜNCHEN", "munich-de")]
    [InlineData("Mu\u0308nchen", "munich-de")]
    [InlineData("muenchen", "munich-de")]
    [InlineData("Munich, DE", "munich-de")]
    [InlineData("Munich,Germany", "munich-de")]
    [InlineData("sao paulo", "sao-paulo-br")]
    [InlineData("São_Paulo", "sao-paulo-br")]
    [InlineData("Łódź", "lodz-pl")]
    [InlineData("St. John's", "st-johns-ca")]
    [InlineData("Springfield, Illinois", "springfield-illinois-us")]
    [InlineData("48.2,11.6", "at_48_2/11_6")]
    [InlineData(" 48.2 , -11.6", "at_48_2/-11_6")]
    [InlineData("+90,-180", "at_90/-180")]
    public void Resolve_NameOrCoordinates_FindsThePlace(string text, string id) =>
        Assert.Equal(id, Gazetteer.Resolve(text).Place?.Id);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("91,0")]
    [InlineData("0,181")]
    [InlineData("NaN,0")]
    [InlineData("48,1,11,5")]
    [InlineData("1e1,2")]
    [InlineData("48.1371")]
    [InlineData("@127.0.0.1")]
    [InlineData("~x")]
    [InlineData("<script>")]
    [InlineData("😀")]
    [InlineData("\u200fMunich")]
    [InlineData("a\nb")]
    [InlineData("../etc")]
    public void Resolve_NeitherNameNorCoordinates_IsUnreadable(string text)
    {
        var found = Gazetteer.Resolve(text);

        Assert.Equal((null, PlaceFailure.Unreadable), (found.Place, found.Failure));
    }

    [Fact]
    public void Resolve_NearlyAName_SuggestsIt()
    {
        var found = Gazetteer.Resolve("Muinch");

        Assert.Equal(PlaceFailure.Unknown, found.Failure);
        Assert.Contains(found.Near, p => p.Id == "munich-de");
        Assert.InRange(found.Near.Count, 1, 5);
    }

    [Fact]
    public void Resolve_Moon_IsUnknown() => Assert.Equal(PlaceFailure.Unknown, Gazetteer.Resolve("Moon").Failure);

    [Fact]
    public void Resolve_NameOfSeveral_AsksWhich()
    {
        var found = Gazetteer.Resolve("Springfield");

        Assert.Equal(PlaceFailure.Ambiguous, found.Failure);
        Assert.Equal(5, found.Near.Count);
    }

    [Fact]
    public void All_IdsAreUniqueNameStreamsAndFindTheirPlace()
    {
        Assert.Equal(Gazetteer.All.Count, Gazetteer.All.Select(p => p.Id).Distinct().Count());
        Assert.All(Gazetteer.All, p => Assert.True(StreamLimits.IsName(p.Stream), p.Stream));
        Assert.All(Gazetteer.All, p => Assert.Equal(p.Id, Gazetteer.Resolve(p.FullName.Split(", ")[0]
            + (p.Region is null ? "" : ", " + p.Region)).Place?.Id));
    }

    [Fact]
    public void Search_BeginningOfAnyWord_FindsTheName() => Assert.Contains(
        Gazetteer.Search("franc"), p => p.Name == "San Francisco");
}
