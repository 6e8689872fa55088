using System.Text.RegularExpressions;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Tests.Hosting.Pages;

public sealed partial class PageTextsTests
{
    public static TheoryData<string> Groups =>
    [
        .. typeof(PageTexts).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("texts/", StringComparison.Ordinal) && n.EndsWith(".en.json", StringComparison.Ordinal))
            .Select(n => n["texts/".Length..^".en.json".Length]),
    ];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Languages_OfAGroup_HaveTheSameKeysAndPlaces(string group)
    {
        var english = PageTexts.Of(group, PageLanguage.English);
        var german = PageTexts.Of(group, PageLanguage.German);

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), german.Keys.Order(StringComparer.Ordinal));
        Assert.All(english.Keys, key => Assert.Equal(Places(english[key]), Places(german[key])));
    }

    [Fact]
    public void Groups_OfTheHouse_AreFound() => Assert.True(Groups.Count >= 2);

    [Theory]
    [InlineData("de-AT, en;q=0.8", "German")]
    [InlineData("en, de;q=0.9", "English")]
    [InlineData("fr", "English")]
    [InlineData("fr, *;q=0.5, en;q=0.1", "German")]
    [InlineData("de", "German")]
    [InlineData("", "English")]
    public void Preferred_ByTheQualities_IsTheLanguageThatWeighsMost(string accepted, string expected) =>
        Assert.Equal(expected, PageLanguages.Preferred(accepted).ToString());

    [Theory]
    [InlineData("English", "52.4")]
    [InlineData("German", "52,4")]
    public void Number_InALanguage_HasItsPoint(string language, string expected) => Assert.Equal(
        expected, PageTexts.Of("pages", Enum.Parse<PageLanguage>(language)).Number(52.35m, 1));

    private static string Places(string text) =>
        string.Join(' ', Place().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
