using System.Buffers;

namespace Rondo.Services.Noise;

/// <summary>The ids of rooms and devices, and the names that people give them.</summary>
internal static class NoiseName
{
    public const int Longest = 40;
    public const int LongestText = 60;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether a text can be an id: part of a path, a topic and the name of a stream.</summary>
    public static bool Is(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= Longest && id[0] != '-' && !id.ContainsAnyExcept(Characters);

    /// <summary>Whether a text can be shown as a name: one line; what it means in HTML is the page's care.</summary>
    public static bool IsText(string text) =>
        text.Length is > 0 and <= LongestText && !text.Any(char.IsControl)
        && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar);

    public static string Rule(string what) =>
        $"{what} has 1 to {Longest} characters of a-z, 0-9 and '-', and begins with a letter or a digit.";
}
