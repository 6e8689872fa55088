using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Cli.Completion;

/// <summary>
/// Answers <c>rondo [suggest:POSITION] "LINE"</c>, the line without its first word: a suggestion on each line. The
/// platform's own answer has each spelling of help, several times, and options where a word is due.
/// </summary>
internal sealed class Suggestions(SuggestDirective directive) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(t => t.Type != TokenType.Directive)?.Value ?? "";
        var position = parseResult.GetResult(directive)?.Values is [var value]
            && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                ? Math.Min(given, line.Length)
                : line.Length;
        foreach (var suggestion in For(parseResult.RootCommandResult.Command, line[..position]))
        {
            parseResult.InvocationConfiguration.Output.WriteLine(suggestion);
        }

        return ExitCode.Ok;
    }

    /// <summary>What may come at the end of a line, sorted.</summary>
    private static IEnumerable<string> For(Command root, string line)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var parsed = root.Parse(line);
        if (parsed.UnmatchedTokens.Any(token => token != word))
        {
            // Behind what is not understood nothing can be told.
            return [];
        }

        var all = parsed.GetCompletions(line.Length)
            .Select(c => c.InsertText ?? c.Label)
            .Where(text => text.StartsWith(word, StringComparison.Ordinal))
            .ToList();
        var isOption = word.StartsWith('-');
        return all.Where(text => isOption ? IsLong(text) : IsWord(text))
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    private static bool IsLong(string text) => text.StartsWith("--", StringComparison.Ordinal);

    // "/h" is how another system spells an option.
    private static bool IsWord(string text) => text.Length > 0 && text[0] is not ('-' or '/');
}
