using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Documents;

/// <summary>Every command that a document shows exists, with all of its options.</summary>
public sealed partial class DocumentedCommandsTests
{
    [Fact]
    public void Rondo_InBlocksOfCommands_IsUnderstood()
    {
        var commands = (
            from document in DocumentedCommand.Documents
            from line in DocumentedCommand.InBlocks(document)
            from command in ShellLine.RondoCommands(line.Text)
            select (Document: document, Mistake: CommandCheck.Mistake(command))).ToList();

        Assert.InRange(commands.Count, 10, int.MaxValue);
        Assert.Empty(commands.Where(c => c.Mistake is not null).Select(c => $"{c.Document}: {c.Mistake}"));
    }

    [Fact]
    public void Rondo_InText_HasTheseVerbsAndOptions()
    {
        var commands = (
            from document in DocumentedCommand.Documents
            from span in DocumentedCommand.InText(document)
            where RondoForm().IsMatch(span)
            from form in Alternatives(span)
            from command in ShellLine.RondoCommands(form)
            select (Document: document, Mistake: CommandCheck.MistakeOfForm(command))).ToList();

        Assert.InRange(commands.Count, 50, int.MaxValue);
        Assert.Empty(commands.Where(c => c.Mistake is not null).Select(c => $"{c.Document}: {c.Mistake}"));
    }

    [Fact]
    public void Dev_InDocuments_HasTheseVerbs()
    {
        var verbs = DevVerb().Matches(DocumentedCommand.TextOf("dev"))
            .SelectMany(m => m.Groups["names"].Value.Split('|', StringSplitOptions.TrimEntries)).ToHashSet();
        var commands = (
            from document in DocumentedCommand.Documents
            from use in Dev().Matches(DocumentedCommand.TextOf(document))
            select (Document: document, Verb: use.Groups["verb"].Value)).ToList();

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

    // "rondo key create|list [--json]" stands for several; what is optional may be there.
    private static IEnumerable<string> Alternatives(string text)
    {
        var plain = text.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Replace("\\|", "|", StringComparison.Ordinal);
        return Choice().Match(plain) is { Success: true } choice
            ? choice.Value.Split('|').SelectMany(c => Alternatives(plain.Replace(choice.Value, c, StringComparison.Ordinal)))
            : [plain];
    }

    [GeneratedRegex(@"^rondo [a-z-]")]
    private static partial Regex RondoForm();

    [GeneratedRegex(@"[\w-]+(\|[\w-]+)+")]
    private static partial Regex Choice();

    [GeneratedRegex(@"\./dev (?<verb>[a-z]+)")]
    private static partial Regex Dev();

    [GeneratedRegex(@"^    (?<names>[a-z -]+( \| [a-z-]+)*)\)", RegexOptions.Multiline)]
    private static partial Regex DevVerb();
}
