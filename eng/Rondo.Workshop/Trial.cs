using System.Text.RegularExpressions;

namespace Rondo.Workshop;

/// <summary>One check of one file.</summary>
internal sealed partial class Trial
{
    private const int MostComplaints = 3;

    private Trial(Exercise exercise, CompiledExercise program, Upstream upstream, Verdict verdict)
    {
        Exercise = exercise;
        Program = program;
        Upstream = upstream;
        Verdict = verdict;
        Head = ExerciseHead.Read(exercise.Solution);
    }

    public Exercise Exercise { get; }

    public CompiledExercise Program { get; }

    public Upstream Upstream { get; }

    public Verdict Verdict { get; }

    /// <summary>Of the solution, since somebody's file may have lost its own.</summary>
    public ExerciseHead Head { get; }

    public static async Task<Verdict> RunAsync(Exercise exercise, string file)
    {
        using var program = CompiledExercise.Make(exercise, file);
        var verdict = new Verdict(exercise, file) { Warnings = program.CanRun ? program.Complaints : [] };
        foreach (var (line, gap) in Gaps(file))
        {
            verdict.Find($"gap, line {line}: {gap}");
        }

        if (!program.CanRun)
        {
            program.Complaints.Take(MostComplaints).ToList().ForEach(verdict.Find);
            return verdict;
        }

        await using var upstream = await Upstream.StartAsync();
        var trial = new Trial(exercise, program, upstream, verdict);
        Probes.Prepare(trial);
        await (trial.Head.IsServer ? trial.AskAsync() : trial.RunAsync());
        return verdict;
    }

    private static IEnumerable<(int Line, string Text)> Gaps(string file)
    {
        var text = File.ReadAllText(file);
        return Gap().Matches(text)
            .Select(gap => (text[..gap.Index].Count(c => c == '\n') + 1, gap.Groups["text"].Value));
    }

    private async Task RunAsync()
    {
        foreach (var step in Head.Steps)
        {
            using var running = Program.Start(step.Arguments, Upstream.Address);
            if (!Verdict.Expect(
                await running.EndAsync(),
                $"the program still runs after {RunningExercise.Limit.TotalSeconds:0} s",
                "It waits for something that never comes: is everything set, completed or closed that is awaited?"))
            {
                return;
            }

            string[] code = step.ShowsExitCode ? [$"{running.ExitCode}"] : [];
            if (!Compare(step, [.. running.Lines, .. code], running.Failure)
                || !Verdict.Expect(
                    running.Failure is null && (step.ShowsExitCode || running.ExitCode == 0),
                    $"a good end; there was exit code {running.ExitCode}. {running.Failure}"))
            {
                return;
            }
        }

        await Probes.RunAsync(this, address: null);
    }

    private async Task AskAsync()
    {
        using var running = Program.Start([], Upstream.Address);
        var address = await running.AddressAsync();
        if (!Verdict.Expect(address is not null, $"'listening on http://...' on its output. {running.Failure}"))
        {
            return;
        }

        using var client = new HttpClient { Timeout = RunningExercise.Limit };
        foreach (var step in Head.Steps.Where(s => s.IsRequest))
        {
            IReadOnlyList<string> lines;
            try
            {
                lines = await CurlCommand.RunAsync(client, step.Command, address!);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                Verdict.Expect(false, $"an answer to {step.Command}: {error.Message}", step.Lines[0].Hint);
                return;
            }

            if (!Compare(step, lines, failure: null))
            {
                return;
            }
        }

        await Probes.RunAsync(this, address);
    }

    // Only the first that differs: what comes behind it mostly follows from it.
    private bool Compare(ExerciseHead.Step step, IReadOnlyList<string> lines, string? failure)
    {
        var what = step.Command.Length == 0 ? "" : $" of '{step.Command}'";
        for (var i = 0; i < step.Lines.Count; i++)
        {
            var seen = i < lines.Count ? $"it is \"{lines[i]}\"" : Ending(failure);
            if (!Verdict.Expect(
                i < lines.Count && lines[i] == step.Lines[i].Text,
                $"line {i + 1}{what} should be \"{step.Lines[i].Text}\"; {seen}",
                step.Lines[i].Hint))
            {
                return false;
            }
        }

        return Verdict.Expect(
            lines.Count == step.Lines.Count,
            $"nothing behind line {step.Lines.Count}{what}; there is \"{lines.ElementAtOrDefault(step.Lines.Count)}\"");
    }

    private static string Ending(string? failure) =>
        failure is null ? "there is no such line"
        : failure.Contains(nameof(NotImplementedException), StringComparison.Ordinal) ? "the program ends at the gap"
        : failure;

    [GeneratedRegex("""throw new NotImplementedException\(\s*"(?<text>(?:[^"\\]|\\.)*)"\)""")]
    private static partial Regex Gap();
}
