using System.Globalization;
using System.Text;

namespace Rondo.Charts.Scenes;

/// <summary>Makes any text fit to stand on one line of a picture.</summary>
internal static class LabelText
{
    private const string More = "…";

    // Enough for every script; more would climb over the lines above.
    private const int MostMarks = 4;

    /// <summary>
    /// Without control characters, marks that turn the direction of what follows, line breaks, and halves of
    /// characters; blanks once. Longer texts are cut between characters as a reader counts them, and end in an
    /// ellipsis.
    /// </summary>
    public static string Clean(string? text, int longest = 120)
    {
        var clean = new StringBuilder();
        var marks = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            marks = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                ? marks + 1
                : 0;
            if (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control)
            {
                Space(clean);
            }
            else if (marks <= MostMarks && !TurnsDirection(rune.Value) && !IsNoCharacter(rune.Value))
            {
                clean.Append(rune);
            }
        }

        return Cut(clean.ToString().TrimEnd(), longest);
    }

    /// <summary>The longest beginning of a clean text that is not wider than a limit.</summary>
    public static string Fit(string text, double width, Func<string, double> measure)
    {
        if (measure(text) <= width)
        {
            return text;
        }

        var (fits, tooLong) = (0, new StringInfo(text).LengthInTextElements);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            (fits, tooLong) = measure(Cut(text, middle)) <= width ? (middle, tooLong) : (fits, middle);
        }

        return Cut(text, Math.Max(1, fits));
    }

    private static string Cut(string text, int longest)
    {
        // No text has more characters than units: most are short and need no walk.
        if (text.Length <= longest || new StringInfo(text).LengthInTextElements <= longest)
        {
            return text;
        }

        return longest <= 1 ? More : new StringInfo(text).SubstringByTextElements(0, longest - 1).TrimEnd() + More;
    }

    private static void Space(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != ' ')
        {
            text.Append(' ');
        }
    }

    private static bool TurnsDirection(int value) =>
        value is 0x61c or 0x200e or 0x200f or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069);

    // XML has no place for these.
    private static bool IsNoCharacter(int value) => value is 0xfeff or 0xfffe or 0xffff;
}
