using System.Globalization;
using System.Text;

namespace Rondo.Services.Chat;

/// <summary>What may be said. Text is kept as it came and made safe where it is shown.</summary>
internal static class MessageText
{
    public const int MostCharacters = 4096;
    public const int MostBytes = 16 * 1024;

    // Scripts need a few; what needs more draws over its neighbours.
    private const int MostMarks = 16;

    /// <summary>Why the text is not taken; null when it is.</summary>
    public static ChatRefusal? Check(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MostBytes)
        {
            return new ChatRefusal(ChatProblems.TextTooLong, $"A message has at most {MostBytes} bytes, not {bytes}.");
        }

        if (!IsWellFormed(text))
        {
            return new ChatRefusal(ChatProblems.UnusableText, "The text has half a surrogate pair.");
        }

        var (marks, shown) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0)
            {
                return new ChatRefusal(ChatProblems.UnusableText, "The text has a zero character.");
            }

            var category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MostMarks)
            {
                return new ChatRefusal(
                    ChatProblems.UnusableText, $"More than {MostMarks} marks are piled on one character.");
            }

            shown += IsBlank(rune, category) ? 0 : 1;
        }

        if (shown == 0)
        {
            return new ChatRefusal(ChatProblems.EmptyText, "The message has nothing to be seen.");
        }

        return shown > MostCharacters && new StringInfo(text).LengthInTextElements is > MostCharacters and var length
            ? new ChatRefusal(
                ChatProblems.TextTooLong, $"A message has at most {MostCharacters} characters, not {length}.")
            : null;
    }

    /// <summary>Whether every surrogate has its other half.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether nothing is seen of it: blanks, controls, formats, fillers that look like blanks.</summary>
    public static bool IsBlank(Rune rune, UnicodeCategory category) => Rune.IsWhiteSpace(rune)
        || category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        || rune.Value is 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0;
}
