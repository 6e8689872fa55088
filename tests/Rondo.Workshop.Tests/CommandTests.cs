using System.Diagnostics;

namespace Rondo.Workshop.Tests;

/// <summary>The command as its users run it.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task List_NamesEveryExerciseWithItsFile()
    {
        var (code, output, _) = await RunAsync("list");

        Assert.Equal(0, code);
        Assert.Equal(Exercise.All.Count, output.TrimEnd('\n').Split('\n').Length);
        Assert.All(Exercise.All, e => Assert.Contains(Exercise.Shown(e.Template), output));
    }

    [Fact]
    public async Task Check_OfATemplate_Is1AndOfASolution0()
    {
        var exercise = Exercise.Find("part3.1")!;

        var (missing, text, _) = await RunAsync("check", exercise.Id);
        var (done, _, _) = await RunAsync("check", exercise.Id, exercise.Solution);

        Assert.Equal(1, missing);
        Assert.Contains("the program ends at the gap", text);
        Assert.Equal(0, done);
    }

    [Theory]
    [InlineData("check", "part9.1")]
    [InlineData("check", "part1.1", "/no/such/file.cs")]
    [InlineData("chekc")]
    public async Task Command_Misused_Is2AndSaysWhy(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.NotEmpty(error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Rondo.Workshop.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
