using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>Each verb tells what it does, with examples that are understood.</summary>
public sealed partial class HelpTests
{
    private static readonly RootCommand Root = Verbs.Create();

    public static TheoryData<string> Paths => [.. All(Root, "").Select(found => found.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Verb_Help_DescribesAllThereIs(string path)
    {
        var command = Find(path);
        var help = HelpOf(command);

        Assert.All(
            command.Arguments.Where(a => !a.Hidden),
            argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), argument.Name));
        Assert.All(
            command.Options.Where(o => !o.Hidden),
            option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));
        Assert.NotEmpty(help.Examples);
        var (_, output) = Invoke([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.StartsWith("Description:", output, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  ", output, StringComparison.Ordinal);
        Assert.Contains("\nExit codes:\n  0 ", output, StringComparison.Ordinal);

        // What the platform adds must not stand there already.
        Assert.DoesNotMatch(@"\[default: [^\]]*\] \[default", output);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Verb_Examples_AreUnderstood(string path)
    {
        foreach (var example in HelpOf(Find(path)).Examples)
        {
            var mistakes = ShellLine.RondoCommands(example).Select(CommandCheck.Mistake).ToList();

            Assert.NotEmpty(mistakes);
            Assert.All(mistakes, Assert.Null);
            Assert.Contains(("rondo " + path).TrimEnd(), example, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("help", "lab", "run")]
    [InlineData("lab", "run", "--help")]
    public void Help_BeforeOrBehindTheVerb_IsTheSame(params string[] arguments)
    {
        var (exitCode, output) = Invoke(arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains(" lab run [<scenario>] [options]", output, StringComparison.Ordinal);
        Assert.Contains("  3    a limit that was asked for is missed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfAPersonality_IsItsOwn()
    {
        var (exitCode, output, _) = await RondoProcess.RunAsync(Path.GetTempPath(), "help", "ab");

        Assert.Equal(0, exitCode);
        Assert.Contains("-k", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfWhatIsNotThere_NamesWhatIs()
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(Path.GetTempPath(), "help", "lab", "walk");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Matches("^rondo: There is no 'walk' here: run, serve, ", error);
    }

    [Fact]
    public async Task Version_IsThatOfTheWelcome()
    {
        var (_, output, _) = await RondoProcess.RunAsync(Path.GetTempPath(), "--version");

        Assert.Matches(Version(), output);
        Assert.Equal(Rondo.Services.RondoServer.Version, output.Trim());
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) =>
        command.Subcommands.Where(c => !c.Hidden)
            .SelectMany(c => All(c, $"{path} {c.Name}".TrimStart()))
            .Prepend((path, command));

    private static Command Find(string path) => All(Root, "").Single(found => found.Path == path).Command;

    private static ExampleHelp HelpOf(Command command) =>
        Assert.IsType<ExampleHelp>(command.Options.OfType<HelpOption>().Single().Action);

    private static (int ExitCode, string Output) Invoke(string[] arguments)
    {
        using var output = new StringWriter();
        return (Root.Parse(arguments).Invoke(new InvocationConfiguration { Output = output }), output.ToString());
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\n$")]
    private static partial Regex Version();
}
