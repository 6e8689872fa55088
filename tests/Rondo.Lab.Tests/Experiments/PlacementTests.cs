using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Experiments;

public sealed class PlacementTests
{
    [Fact]
    public void Parse_Processors_AreThoseOfTheTwoSides()
    {
        var mine = BoundProcess.Processors;
        var (first, last) = (mine[0], mine[^1]);

        var placement = Placement.Parse($"{first}:{first}-{first},{last}");

        Assert.Equal([first], placement.Generator);
        Assert.Equal(new SortedSet<int> { first, last }, placement.Server);
    }

    [Fact]
    public void Parse_None_BindsNobody() => Assert.Empty(Placement.Parse("none").Server);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0:")]
    [InlineData("0:1:2")]
    [InlineData("a:b")]
    [InlineData("0:5000")]
    [InlineData("0:0-99999999")]
    [InlineData("-1:0")]
    [InlineData("0:1-0")]
    public void Parse_NoProcessors_IsRefused(string text)
    {
        var refused = Assert.Throws<ExperimentException>(() => Placement.Parse(text));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"--pin: '{text}'", refused.Message, StringComparison.Ordinal);
    }
}
