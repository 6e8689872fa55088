using System.Text;

namespace Rondo.Cli.Tests;

/// <summary>Reads a line as a shell does, as far as documents go: quotes, comments, and where a command ends.</summary>
internal static class ShellLine
{
    /// <summary>The words behind each <c>rondo</c> that the line runs.</summary>
    public static IEnumerable<string[]> RondoCommands(string line) =>
        from command in Commands(line)
        let words = command.SkipWhile(IsSetting).ToArray()
        where words is ["rondo", ..] || (words is [var first, ..] && first.EndsWith("/rondo", StringComparison.Ordinal))
        select words[1..];

    /// <summary>The words of each command of the line.</summary>
    public static IEnumerable<string[]> Commands(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isWord = false;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote is not null)
            {
                quote = c == quote ? null : quote;
                word.Append(c == '\'' || c == '"' ? "" : c.ToString());
            }
            else if (c is '\'' or '"')
            {
                (quote, isWord) = (c, true);
            }
            else if (c is '|' or ';' or '&' or '(' or ')' || (c == '#' && !isWord))
            {
                EndWord();
                if (words.Count > 0)
                {
                    yield return [.. words];
                }

                words.Clear();
                if (c == '#')
                {
                    yield break;
                }
            }
            else if (c == '>')
            {
                // Where the output goes is no argument.
                EndWord();
                i = line.IndexOfAny([' ', ')', ';', '|'], Math.Min(i + 2, line.Length)) is var end and >= 0 ? end - 1 : line.Length;
            }
            else if (char.IsWhiteSpace(c))
            {
                EndWord();
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        EndWord();
        if (words.Count > 0)
        {
            yield return [.. words];
        }

        void EndWord()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }

    // NAME=value before a command; and "source <", whose command stands behind it.
    private static bool IsSetting(string word) =>
        word is "$" or "source" or "<" || (word.Contains('=', StringComparison.Ordinal) && !word.StartsWith('-'));
}
