using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Judging;

namespace Rondo.Lab.Tests.Experiments.Judging;

public sealed class ExpectationTests
{
    [Theory]
    [InlineData("loop 64 throughput = 1280 +- 15%", true)]
    [InlineData("loop 64 throughput = 2000 +- 15%", false)]
    [InlineData("loop 64 throughput > 1000", true)]
    [InlineData("loop 64 memory < 49", false)]
    [InlineData("loop 64 memory<60", true)]
    [InlineData("loop 64 errors = 0", true)]
    [InlineData("loop 64 p99 < 1000", false)]
    [InlineData("loop 1 throughput > 0", false)]
    [InlineData("thread 64 throughput > 0", false)]
    public void Expectation_AResult_MeetsItOrNot(string line, bool isMet)
    {
        var result = RecordedRounds.Of(("loop", [1280, 1290], [50, 60]));

        Assert.Equal(isMet, Expectation.Parse(line).IsMet(result));
    }

    [Theory]
    [InlineData("")]
    [InlineData("loop throughput > 1")]
    [InlineData("loop 64 speed > 1")]
    [InlineData("loop 64 throughput ~ 1")]
    public void Expectation_OtherText_IsRefused(string line) =>
        Assert.Equal(2, Assert.Throws<ExperimentException>(() => Expectation.Parse(line)).ExitCode);
}
