using System.Diagnostics;

namespace Rondo.Workshop.Tests;

/// <summary>Holds what the workshop gives: templates that compile, and say what is missing, and solutions.</summary>
public sealed class WorkshopTests(WorkshopRun run) : IClassFixture<WorkshopRun>
{
    public static TheoryData<string> Exercises => [.. Exercise.All.Select(e => e.Id)];

    [Theory]
    [MemberData(nameof(Exercises))]
    public void Solution_Checked_IsDone(string id)
    {
        var verdict = run.Of(id).Solution;

        Assert.True(verdict.IsDone, verdict.Text);
    }

    [Theory]
    [MemberData(nameof(Exercises))]
    public void Template_Checked_NamesItsGapsAndWhatIsMissing(string id)
    {
        var verdict = run.Of(id).Template;

        Assert.False(verdict.IsDone);
        Assert.Contains("  gap, line ", verdict.Text);
        Assert.Contains("  missing: ", verdict.Text);
        Assert.DoesNotContain("  error, line ", verdict.Text);
    }

    /// <summary>Line by line, a solution is its template with other lines in place of the gaps.</summary>
    [Theory]
    [MemberData(nameof(Exercises))]
    public void Solution_BesideItsTemplate_DiffersInTheGapsAlone(string id)
    {
        var exercise = Exercise.Find(id)!;
        var solution = File.ReadAllLines(exercise.Solution);
        var at = 0;
        foreach (var line in GapsRemoved(File.ReadAllLines(exercise.Template)))
        {
            at = Array.IndexOf(solution, line, at) + 1;
            Assert.True(at > 0, $"The solution lacks: {line}");
        }
    }

    [Theory]
    [MemberData(nameof(Exercises))]
    public void Solution_Compiled_HasNoWarnings(string id)
    {
        Assert.Empty(run.Of(id).Solution.Warnings);
    }

    [Fact]
    public void Exercises_AreNumberedWithoutHoles()
    {
        var numbers = Exercise.All.Select(e => e.Id).ToHashSet();

        foreach (var part in numbers.GroupBy(id => id.Split('.')[0]))
        {
            Assert.Equal(Enumerable.Range(1, part.Count()).Select(n => $"{part.Key}.{n}"), part);
        }
    }

    /// <summary>Each is in the text of its part: title, files, what one should see, the command that checks it.</summary>
    [Theory]
    [MemberData(nameof(Exercises))]
    public void Text_OfEachExercise_NamesItsFileAndCheck(string id)
    {
        var exercise = Exercise.Find(id)!;
        var text = File.ReadAllText(Path.Combine(Exercise.Root, "docs", "workshop", id.Split('.')[0] + ".md"));

        Assert.Contains($"## {id.Split('.')[1]}. {exercise.Title}\n", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"]({Exercise.Shown(exercise.Template)["docs/workshop/".Length..]})", text);
        Assert.Contains($"]({Exercise.Shown(exercise.Solution)["docs/workshop/".Length..]})", text);
        Assert.Contains($"./dev workshop check {id}\n", text);
        Assert.All(ExerciseHead.Read(exercise.Template).Steps, step => Assert.Contains(Shown(step), text));
    }

    /// <summary>That the others run as well follows from their first lines.</summary>
    [Fact]
    public async Task Solution_RunByTheSdk_PrintsWhatItSays()
    {
        var exercise = Exercise.Find("part1.5")!;
        using var program = Process.Start(new ProcessStartInfo("dotnet", ["run", exercise.Solution])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ExerciseHead.Read(exercise.Solution).Steps.SelectMany(step => step.Lines).Select(line => line.Text),
            output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Files_LinesForTheSdk_AreKnownToTheChecker()
    {
        string[] known =
        [
            "#:sdk Microsoft.NET.Sdk.Web",
            "#:project ../../../src/Rondo.Runtime",
            "#:project ../../../src/Rondo.Transport",
            "#:project ../../../src/Rondo.Lab",
        ];

        Assert.All(
            Exercise.All.SelectMany(e => (string[])[e.Template, e.Solution]),
            file => Assert.All(
                File.ReadLines(file).TakeWhile(l => l.StartsWith("#:")), line => Assert.Contains(line, known)));
    }

    private static string Shown(ExerciseHead.Step step)
    {
        string[] command = step.Command.Length > 0 ? [$"$ {step.Command}"] : [];
        return string.Join('\n', [.. command, .. step.Lines.Select(line => line.Text)]);
    }

    private static IEnumerable<string> GapsRemoved(string[] template)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i].TrimStart().StartsWith("throw new Not", StringComparison.Ordinal))
            {
                // Its text may stand on a line of its own.
                i += template[i].EndsWith('(') ? 1 : 0;
                continue;
            }

            yield return template[i];
        }
    }
}
