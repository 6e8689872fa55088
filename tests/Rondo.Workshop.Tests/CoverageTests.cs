using System.Diagnostics;

namespace Rondo.Workshop.Tests;

/// <summary>What <c>./dev test --coverage</c> makes of a report.</summary>
public sealed class CoverageTests
{
    private const string Report = """
        <class name="A" filename="/repo/src/Money.cs">
          <line number="1" hits="2" branch="False" />
          <line number="2" hits="0" branch="False" />
          <line number="3" hits="0" branch="False" />
          <line number="5" hits="0" branch="False" />
        <class name="A.Lambda" filename="/repo/src/Money.cs">
          <line number="3" hits="1" branch="False" />
          <line number="6" hits="1" branch="False" />
        <class name="Never" filename="/repo/src/Never.cs">
          <line number="1" hits="0" branch="False" />
        <class name="Tests" filename="/repo/tests/MoneyTests.cs">
          <line number="1" hits="1" branch="False" />
        """;

    [Fact]
    public async Task Report_OfTwoClassesInAFile_GivesItsShareAndWhatDidNotRun()
    {
        var script = Path.Combine(Exercise.Root, "eng", "coverage.awk");
        using var awk = Process.Start(new ProcessStartInfo("awk", ["-v", "root=/repo", "-f", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await awk.StandardInput.WriteAsync(Report);
        awk.StandardInput.Close();

        // 1, 3 and 6 of five lines; 4 holds no code.
        Assert.Equal(
            " 60 %  src/Money.cs  not: 2, 5\n",
            await awk.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
