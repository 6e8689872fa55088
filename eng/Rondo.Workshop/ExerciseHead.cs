namespace Rondo.Workshop;

/// <summary>
/// What the head of an exercise says one should see: behind <c>// $</c> a command, behind <c>// &gt;</c> what comes,
/// behind <c>// ?</c> a hint for who does not see it.
/// </summary>
internal sealed record ExerciseHead(IReadOnlyList<ExerciseHead.Step> Steps)
{
    private const string Command = "// $ ";
    private const string Expected = "// >";
    private const string HintMark = "// ? ";

    /// <summary>Whether the program is one that others ask.</summary>
    public bool IsServer => Steps.Any(step => step.IsRequest);

    public static ExerciseHead Read(string file)
    {
        var steps = new List<Step>();
        foreach (var line in File.ReadLines(file).TakeWhile(l => l.StartsWith("#:") || l.StartsWith("//")))
        {
            if (line.StartsWith(Command, StringComparison.Ordinal))
            {
                steps.Add(new Step(line[Command.Length..], []));
            }
            else if (line.StartsWith(Expected, StringComparison.Ordinal))
            {
                if (steps.Count == 0)
                {
                    steps.Add(new Step("", []));
                }

                var text = line[Expected.Length..];
                steps[^1].Lines.Add(new Line(text.StartsWith(' ') ? text[1..] : text, ""));
            }
            else if (line.StartsWith(HintMark, StringComparison.Ordinal))
            {
                var said = steps[^1].Lines[^1];
                steps[^1].Lines[^1] = said with { Hint = $"{said.Hint} {line[HintMark.Length..]}".Trim() };
            }
        }

        // What only has to run, such as a server, has nothing to show.
        return new ExerciseHead([.. steps.Where(step => step.Lines.Count > 0)]);
    }

    /// <summary>A command, and the lines it brings.</summary>
    public sealed record Step(string Command, List<Line> Lines)
    {
        public bool IsRequest => Command.StartsWith("curl ", StringComparison.Ordinal);

        /// <summary>What stands behind <c>--</c>.</summary>
        public string[] Arguments => Command.Split(';')[0].Split(" -- ") is [_, var rest] ? rest.Split(' ') : [];

        public bool ShowsExitCode => Command.EndsWith("; echo $?", StringComparison.Ordinal);
    }

    /// <summary>A line that should be seen.</summary>
    public sealed record Line(string Text, string Hint);
}
