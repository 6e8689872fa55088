using Rondo.Charts.Scenes;

namespace Rondo.Charts.Tests.Scenes;

public sealed class LabelTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("  a \t\r\n b  ", "a b")]
    [InlineData("a\u001b[31mb\0c", "a [31mb c")]
    [InlineData("a\u202eb\u2066c\u200fd", "abcd")]
    [InlineData("<script>", "<script>")]
    public void Clean_AnyText_IsOneHarmlessLine(string? text, string expected) =>
        Assert.Equal(expected, LabelText.Clean(text));

    [Fact]
    public void Clean_HalfACharacter_IsReplaced() => Assert.Equal("\ufffdx", LabelText.Clean("\ud800x"));

    [Fact]
    public void Clean_LongText_EndsBetweenCharacters()
    {
        var family = "👩‍👩‍👧";

        Assert.Equal(string.Concat(Enumerable.Repeat(family, 3))
            + "…", LabelText.Clean(string.Concat(Enumerable.Repeat(family, 9)), 4));
    }

    [Fact]
    public void Clean_PiledUpMarks_AreCut() =>
        Assert.InRange(LabelText.Clean("a" + new string('\u0301', 500)).Length, 2, 6);

    [Fact]
    public void Fit_TooWide_IsTheLongestThatFits() =>
        Assert.Equal("abcd…", LabelText.Fit("abcdefgh", 5, t => t.Length));

    [Fact]
    public void Fit_NoRoomAtAll_IsAnEllipsis() => Assert.Equal("…", LabelText.Fit("abcdefgh", 0, t => t.Length));
}
