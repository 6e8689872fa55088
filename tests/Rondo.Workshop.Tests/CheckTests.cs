namespace Rondo.Workshop.Tests;

/// <summary>What a check says of files that are neither template nor solution.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task File_ThatDoesNotCompile_IsToldWithItsLine()
    {
        var verdict = await CheckAsync("part3.1", s => s.Replace("Math.Min(", "Math.Smaller("));

        Assert.False(verdict.IsDone);
        Assert.Contains("error, line ", verdict.Text);
        Assert.Contains("'Smaller'", verdict.Text);
    }

    [Fact]
    public async Task File_ThatPrintsSomethingElse_IsToldExpectationAndHint()
    {
        var verdict = await CheckAsync("part3.1", s => s.Replace("return Math.Min(", "return Math.Max("));

        Assert.Contains("should be \"one at a time: 19.6 per second\"; it is \"one at a time: 1000", verdict.Text);
        Assert.Contains("hint: One request holds everything", verdict.Text);
    }

    [Fact]
    public async Task File_ThatWaitsForOneDayAfterTheOther_IsToldSo()
    {
        var verdict = await CheckAsync("part3.3", s => s.Replace(
            "var (today, tomorrow) = (TemperatureAsync(\"today\"), TemperatureAsync(\"tomorrow\"));",
            "var today = TemperatureAsync(\"today\"); await today; var tomorrow = TemperatureAsync(\"tomorrow\");"));

        Assert.Contains("missing: both days are asked for at once", verdict.Text);
    }

    [Fact]
    public async Task File_ThatAsksForTheWeatherBeforeAuth_IsToldSo()
    {
        var verdict = await CheckAsync("part3.6", s => s.Replace(
            "using var answer = await client.PostAsync",
            "await client.GetStringAsync(\"workshop/weather/today\"); using var answer = await client.PostAsync"));

        Assert.Contains("/workshop/weather/today 1 times; it was 3 times", verdict.Text);
    }

    [Fact]
    public async Task File_ThatBlocksTheLoop_IsToldHowLongItTook()
    {
        var verdict = await CheckAsync("part2.7", s => s.Replace(
            "await EventLoop.Running!.Delay(TimeSpan.FromSeconds(1))", "Thread.Sleep(1000)"));

        Assert.Contains("10 requests that come together are served together", verdict.Text);
    }

    [Fact]
    public async Task File_ThatEndsBadly_IsToldWhy()
    {
        var verdict = await CheckAsync("part3.1", s => s.Replace(
            "static void Show", "throw new InvalidOperationException(\"oops\");\nstatic void Show"));

        Assert.Contains("missing: a good end; there was exit code", verdict.Text);
        Assert.Contains("oops", verdict.Text);
    }

    private static async Task<Verdict> CheckAsync(string id, Func<string, string> change)
    {
        var exercise = Exercise.Find(id)!;
        var (before, file) = (File.ReadAllText(exercise.Solution), Path.GetTempFileName());
        var after = change(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(file, after);
        try
        {
            return await Trial.RunAsync(exercise, file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
