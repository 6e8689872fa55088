using System.Reflection;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>Every command that a document shows exists, with all of its options.</summary>
public sealed partial class DocumentedCommandsTests
{
    public static readonly string Root = typeof(DocumentedCommandsTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!;

    private static readonly string[] Shells = ["", "sh", "bash", "shell", "console"];

    [Fact]
    public void Rondo_InBlocksOfCommands_IsUnderstood()
    {
        var commands = (
            from document in Documents()
            from block in Blocks().Matches(File.ReadAllText(document))
            where Shells.Contains(block.Groups["language"].Value.Trim())
            from line in block.Groups["text"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            where CommandLine().IsMatch(line)
            from command in ShellLine.RondoCommands(line)
            select (Document: Path.GetRelativePath(Root, document), Mistake: CommandCheck.Mistake(command))).ToList();

        Assert.InRange(commands.Count, 10, int.MaxValue);
        Assert.Empty(commands.Where(c => c.Mistake is not null).Select(c => $"{c.Document}: {c.Mistake}"));
    }

    [Fact]
    public void Rondo_InText_HasTheseVerbsAndOptions()
    {
        var commands = (
            from document in Documents()
            from span in Spans().Matches(Blocks().Replace(File.ReadAllText(document), ""))
            from form in Alternatives(span.Groups["text"].Value.ReplaceLineEndings(" "))
            from command in ShellLine.RondoCommands(form)
            select (Document: Path.GetRelativePath(Root, document), Mistake: CommandCheck.MistakeOfForm(command))).ToList();

        Assert.InRange(commands.Count, 50, int.MaxValue);
        Assert.Empty(commands.Where(c => c.Mistake is not null).Select(c => $"{c.Document}: {c.Mistake}"));
    }

    [Fact]
    public void Dev_InDocuments_HasTheseVerbs()
    {
        var verbs = DevVerb().Matches(File.ReadAllText(Path.Combine(Root, "dev")))
            .SelectMany(m => m.Groups["names"].Value.Split('|', StringSplitOptions.TrimEntries)).ToHashSet();
        var commands = (
            from document in Documents()
            from use in Dev().Matches(File.ReadAllText(document))
            select (Document: Path.GetRelativePath(Root, document), Verb: use.Groups["verb"].Value)).ToList();

        Assert.InRange(commands.Count, 10, int.MaxValue);
        Assert.Empty(commands.Where(c => !verbs.Contains(c.Verb)).Select(c => $"{c.Document}: ./dev {c.Verb}"));
    }

    [Theory]
    [InlineData("rondo up --ofline")]
    [InlineData("rondo ub")]
    [InlineData("$ A=1 artifacts/rondo convert USD 1 --form EUR | cat")]
    [InlineData("(umask 077; rondo key creat x > y)")]
    public void Command_ThatIsNot_IsFound(string line)
    {
        var command = Assert.Single(ShellLine.RondoCommands(line));

        Assert.NotNull(CommandCheck.Mistake(command));
        Assert.NotNull(CommandCheck.MistakeOfForm(command));
    }

    private static IEnumerable<string> Documents() =>
        new[] { "docs", "examples" }
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Root, "*.md"));

    // "rondo key create|list [--json]" stands for several; what is optional may be there.
    private static IEnumerable<string> Alternatives(string text)
    {
        var plain = text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Replace("\\|", "|", StringComparison.Ordinal);
        return Choice().Match(plain) is { Success: true } choice
            ? choice.Value.Split('|').SelectMany(c => Alternatives(plain.Replace(choice.Value, c, StringComparison.Ordinal)))
            : [plain];
    }

    [GeneratedRegex("^```(?<language>[^\n]*)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    // Not what a program has printed, nor a drawing: it begins where the line begins.
    [GeneratedRegex(@"^(\$ )?(\(.*; )?(\w+=\S+ )*(source <\()?([\w./]*/)?rondo [a-z-]|^(\$ )?\w.*\| rondo [a-z]")]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"`(?<text>rondo [a-z-][^`]*)`")]
    private static partial Regex Spans();

    [GeneratedRegex(@"[\w-]+(\|[\w-]+)+")]
    private static partial Regex Choice();

    [GeneratedRegex(@"\./dev (?<verb>[a-z]+)")]
    private static partial Regex Dev();

    [GeneratedRegex(@"^    (?<names>[a-z -]+( \| [a-z-]+)*)\)", RegexOptions.Multiline)]
    private static partial Regex DevVerb();
}
