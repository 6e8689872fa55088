using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Tests.Noise.Levels;

public sealed class LevelHistogramTests
{
    [Fact]
    public void Exceeded_OfLevels1To100_IsTheNearestRank()
    {
        var histogram = new LevelHistogram();
        foreach (var level in Enumerable.Range(1, 100))
        {
            histogram.Add(level);
        }

        Assert.Equal((90.0, 50.0, 10.0), (histogram.Exceeded(10), histogram.Exceeded(50), histogram.Exceeded(90)));
        Assert.Null(new LevelHistogram().Exceeded(50));
    }

    [Fact]
    public void Add_OfAnother_IsAsIfAllHadBeenInOne()
    {
        var random = new Random(7);
        var levels = Enumerable.Range(0, 5000).Select(_ => (random.NextDouble() * 100) + 10).ToList();
        var (one, parts) = (new LevelHistogram(), new LevelHistogram());
        levels.ForEach(one.Add);
        foreach (var chunk in levels.Chunk(77))
        {
            var part = new LevelHistogram();
            Array.ForEach(chunk, part.Add);
            parts.Add(LevelHistogram.FromBytes(part.ToBytes()));
        }

        Assert.Equal(one.ToBytes(), parts.ToBytes());
        Assert.Equal(5000, parts.Count);
        var sorted = levels.Order().ToList();
        Assert.All(
            new[] { 1, 10, 50, 90, 99 },
            n => Assert.InRange(one.Exceeded(n)!.Value - sorted[(5000 * (100 - n) / 100) - 1], -0.051, 0.051));
    }

    [Theory]
    [InlineData(-300, -20)]
    [InlineData(-20, -20)]
    [InlineData(52.34, 52.3)]
    [InlineData(52.36, 52.4)]
    [InlineData(150, 150)]
    [InlineData(1e9, 150)]
    public void Add_OneLevel_FallsIntoItsBin(double level, double bin)
    {
        var histogram = new LevelHistogram();
        histogram.Add(level);

        Assert.Equal(bin, histogram.Exceeded(50));
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("01")]
    [InlineData("ffffffffffff")]
    [InlineData("ff7f01")]
    public void FromBytes_OfWhatIsNone_Throws(string bytes) =>
        Assert.Throws<FormatException>(() => LevelHistogram.FromBytes(Convert.FromHexString(bytes)));
}
