using System.Net;
using System.Text.RegularExpressions;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports;

namespace Rondo.Lab.Tests.Reports;

public sealed partial class LabReportTests
{
    private const string Script = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

    [Fact]
    public void Write_Winner_IsTheHeadline()
    {
        var result = SyntheticResult.Of();

        var page = Page(result);

        Assert.Equal(LabVerdict.Winner, result.Verdict!.Kind);
        Assert.Equal(result.Verdict.Text.TrimEnd('.'), WebUtility.HtmlDecode(Heading().Match(page).Groups[1].Value));
        Assert.Contains("the answer</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EqualModels_SaysThatNoDifferenceIsShown()
    {
        var page = Page(SyntheticResult.Of() with
        {
            Verdict = new LabVerdict(LabVerdict.NoDifference, ["loop", "sync"], 64,
                "No difference shown between loop, sync.", []),
        });

        Assert.Contains("<h1>No difference shown between loop, sync</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("the answer</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FailedCheck_SaysWhatToDoAndNamesNoWinner()
    {
        var page = Page(SyntheticResult.Of(change: r => r with
        {
            Cells = [.. r.Cells.Select(c => c with { Noise = new LabNoise(0.02, 0, 0, 0) })],
        }));

        Assert.Contains("Not measurable", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"failed\"", page, StringComparison.Ordinal);
        Assert.Contains("What to do:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("the answer</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Embedded_IsTheResultItself()
    {
        var result = SyntheticResult.Of();

        var json = Data().Match(Page(result)).Groups[1].Value;

        Assert.Equal(LabJson.Write(result), LabJson.Write(LabJson.Read(json)));
    }

    [Fact]
    public void Write_StoredResult_IsTheSamePageAgain()
    {
        var result = SyntheticResult.Of();

        Assert.Equal(Page(result), Page(LabJson.Read(LabJson.Write(result))));
    }

    [Fact]
    public void Write_Page_AsksNobodyAndForbidsIt()
    {
        var page = Page(SyntheticResult.Of());

        Assert.DoesNotContain("http", Links().Replace(page, ""), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("src=|href=|@import|url\\(", Data().Replace(page, ""));
    }

    [Fact]
    public void Write_HostileText_StaysText()
    {
        var page = Page(SyntheticResult.Of(["loop", Script], [1, 4], change: r => r with
        {
            Title = Script,
            Question = Script,
            Expectation = Script,
            LookAt = Script,
            Scenario = Script,
            Command = Script,
            Notes = [Script],
            Machine = r.Machine with { Processor = Script, System = Script, Runtime = Script, Governor = Script },
            Settings = r.Settings with { Work = Script },
            Cells = [.. r.Cells.Select(c => c with { FirstProblem = Script, Counts = c.Counts! with { Reset = 1 } })],
            Series = [new LabSeries(Script, Script, Script, Script, false, [new(1, 1), new(2, -1e300)])],
        }));

        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script>"));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", Data().Replace(page, ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Write_ResultOfNearlyNothing_IsStillAPage(int rounds)
    {
        var page = Page(SyntheticResult.Of(["loop"], [4], rounds));

        Assert.Contains("<h1>There is only one model to judge</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Ids_AreUnique()
    {
        var ids = Ids().Matches(Page(SyntheticResult.Of())).Select(m => m.Groups[1].Value).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.True(ids.Count > 20);
    }

    private static string Page(LabResult result)
    {
        var output = new StringWriter();
        LabReport.Write(result, output);
        return output.ToString();
    }

    [GeneratedRegex("<h1>(.*?)</h1>")]
    private static partial Regex Heading();

    [GeneratedRegex("<script type=\"application/json\" id=\"result\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    [GeneratedRegex("http-equiv|xmlns=\"[^\"]*\"")]
    private static partial Regex Links();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Ids();
}
