using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Measuring;

public sealed class HistogramEncodingTests
{
    [Fact]
    public void Decode_Encoded_HasTheSameCounts()
    {
        var random = new Random(42);
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 5000; i++)
        {
            histogram.Record((long)Math.Pow(2, random.NextDouble() * 36));
        }

        histogram.Record(1000, 1L << 40);

        var text = HistogramEncoding.Encode(histogram);

        Assert.StartsWith("HISTFAAA", text, StringComparison.Ordinal);
        Assert.Equal(histogram.Slots.ToArray(), HistogramEncoding.Decode(text).Slots.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAA")]
    [InlineData("no base64!")]
    public void Decode_Garbage_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => HistogramEncoding.Decode(text));

    [Fact]
    public void Write_TwoSeconds_IsALogThatProcessorsRead()
    {
        var (first, second) = (new LatencyHistogram(), new LatencyHistogram());
        first.Record(2_500_000);
        var log = new StringWriter();

        HistogramLog.Write(
            log,
            new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            [(TimeSpan.FromSeconds(1), first), (TimeSpan.FromSeconds(0.5), second)]);

        var lines = log.ToString().Split('\n');
        Assert.Equal("#[Histogram log format version 1.3]", lines[0]);
        Assert.StartsWith("#[StartTime: 1795262400.000 (seconds since epoch)", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("0.000,1.000,2.500,HISTFAAA", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("1.000,0.500,0.000,HISTFAAA", lines[4], StringComparison.Ordinal);
    }
}
