using System.Globalization;
using System.Text;

namespace Rondo.Services.Chat;

/// <summary>What can be put to a message: one emoji, so that nobody writes by it.</summary>
internal static class Reaction
{
    /// <summary>Different ones on one message.</summary>
    public const int MostKinds = 20;

    // A family with skins has 41 bytes.
    private const int Longest = 32;
    private const char KeyCap = '\u20E3';

    /// <summary>Why it is not taken; null when it is.</summary>
    public static ChatRefusal? Check(string text) =>
        MessageText.Check(text) ?? (text.Length <= Longest && IsOneEmoji(text)
            ? null
            : new ChatRefusal(ChatProblems.UnusableText, "A reaction is one emoji."));

    private static bool IsOneEmoji(string text) =>
        StringInfo.GetNextTextElementLength(text) == text.Length
        && (Rune.GetUnicodeCategory(Rune.GetRuneAt(text, 0)) is UnicodeCategory.OtherSymbol || text[^1] == KeyCap);
}
