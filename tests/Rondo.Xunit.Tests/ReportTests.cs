using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Rondo.Xunit.Tests;

/// <summary>
/// How tests in virtual time fail, as their authors see it: the test program is run again for one of the
/// <see cref="Samples"/>. Real processes, so real time.
/// </summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Failure_ForSomeSeeds_NamesEachAndReplaysIt()
    {
        var output = await RunAsync(nameof(Samples.FailsForSomeSeeds));
        var failed = Failed(output);

        Assert.InRange(failed.Count, 1, 19);
        Assert.Matches("Total: 20, .*Failed: " + failed.Count, output);
        Assert.All(failed, seed => Assert.Contains($"[VirtualFact(Seed = {seed})]", output, StringComparison.Ordinal));
        Assert.Contains("Assert.Equal() Failure", output, StringComparison.Ordinal);
        Assert.Equal(failed, Failed(await RunAsync(nameof(Samples.FailsForSomeSeeds))));

        static List<string> Failed(string output) =>
            [.. Regex.Matches(output, @"FailsForSomeSeeds \[seed (\d+)\] \[FAIL\]").Select(m => m.Groups[1].Value)];
    }

    [Theory]
    [InlineData(nameof(Samples.Deadlocks), "Failed: 1", "DeadlockException : Deadlock: nothing is ready")]
    [InlineData(nameof(Samples.HopsOverThePool), "Failed: 1", "UntrackedPostException : Samples.HopsOverThePool")]
    [InlineData(nameof(Samples.ThrowsAfterAWhile), "Failed: 1", "InvalidOperationException : after an hour")]
    [InlineData(nameof(Samples.SkipsItself), "Skipped: 1", "not today")]
    [InlineData(nameof(Samples.IsSkipped), "Skipped: 1", "never")]
    [InlineData(nameof(Samples.TakesWhatItCannotHave), "Failed: 1", "expected 1 parameter value, but 0")]
    public async Task Outcome_IsReportedAsOfAnyTest(string method, string count, string text)
    {
        var output = await RunAsync(method);

        Assert.Matches("Total: 1, .*" + count, output);
        Assert.Contains(text, output, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string method)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            typeof(ReportTests).Assembly.Location, "-noLogo", "-noColor", "-explicit", "only",
            "-method", $"{typeof(Samples).FullName}.{method}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
