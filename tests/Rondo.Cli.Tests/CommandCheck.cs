using System.CommandLine;

namespace Rondo.Cli.Tests;

/// <summary>Says whether <c>rondo</c> would understand a command line, without running it.</summary>
internal static class CommandCheck
{
    private static readonly RootCommand Root = Verbs.Create();

    /// <summary>What is wrong; null if it is understood to the end.</summary>
    public static string? Mistake(string[] arguments) => IsPersonality(arguments) ? null
        : Root.Parse(arguments).Errors is [var first, ..] ? $"{string.Join(' ', arguments)}: {first.Message}" : null;

    /// <summary>
    /// What is wrong with verbs and options alone: for text in which names stand for what a user would write, and
    /// arguments are left out.
    /// </summary>
    public static string? MistakeOfForm(string[] arguments)
    {
        if (IsPersonality(arguments))
        {
            return null;
        }

        Command command = Root;
        var words = arguments;
        while (words is [var word, ..] && command.Subcommands.FirstOrDefault(c => c.Name == word) is { } verb)
        {
            (command, words) = (verb, words[1..]);
        }

        if (command.Subcommands.Count > 0 && words is [var unknown, ..] && !unknown.StartsWith('-'))
        {
            return $"{string.Join(' ', arguments)}: there is no '{unknown}'";
        }

        foreach (var word in words)
        {
            var name = word.Split('=')[0];
            if (name.Length > 1 && name[0] == '-' && !Options(command).Contains(name))
            {
                return $"{string.Join(' ', arguments)}: there is no {name}";
            }
        }

        return null;
    }

    private static bool IsPersonality(string[] arguments) => arguments is ["wrk" or "ab", ..];

    private static HashSet<string> Options(Command command) =>
    [
        .. command.Options.Concat(Root.Options.Where(o => o.Recursive)).SelectMany(o => o.Aliases.Append(o.Name)),
    ];
}
