using System.Globalization;
using System.Text;

namespace Rondo.Charts.Scenes;

/// <summary>
/// How wide a text will be. The fonts of a reader are unknown, so the estimate follows the widest of the usual ones;
/// what is laid out by it fits in the others.
/// </summary>
internal sealed class TextMetrics
{
    /// <summary>Fonts of screens and paper.</summary>
    public static readonly TextMetrics Proportional = new(isMonospaced: false);

    /// <summary>Cells of a terminal: half as wide as they are high.</summary>
    public static readonly TextMetrics Monospaced = new(isMonospaced: true);

    private const double Bold = 1.09;
    private const double Wide = 1;

    // Hundredths of the size for the characters from the space to the tilde.
    private static readonly byte[] Widths =
    [
        32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
        84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 78, 75, 30, 30, 66, 56, 86, 75, 79, 60, 79, 70, 64, 61, 73, 68, 99,
        69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35, 64, 63, 28, 28, 58, 28, 97, 63, 61, 64, 64, 41, 52,
        39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84,
    ];

    private readonly bool _isMonospaced;

    private TextMetrics(bool isMonospaced) => _isMonospaced = isMonospaced;

    /// <summary>The width of a text, in the unit of its size.</summary>
    public double Width(string text, double size, bool isBold = false) =>
        _isMonospaced
            ? text.EnumerateRunes().Sum(Cells) * size / 2
            : text.EnumerateRunes().Sum(Share) * size * (isBold ? Bold : 1);

    /// <summary>How many cells of a terminal a character takes: none, one, or two.</summary>
    public static int Cells(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format ? 0
        : IsWide(rune.Value) ? 2
        : 1;

    private static double Share(Rune rune) =>
        rune.Value is >= ' ' and <= '~' ? Widths[rune.Value - ' '] / 100.0
        : Cells(rune) == 0 ? 0
        : IsWide(rune.Value) ? Wide
        : 0.65;

    // Hangul, the scripts of East Asia, full-width forms, emoji.
    private static bool IsWide(int value) => value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf)
        or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff) or (>= 0xfe30 and <= 0xfe6f)
        or (>= 0xff00 and <= 0xff60) or (>= 0x1f300 and <= 0x1faff) or (>= 0x20000 and <= 0x3fffd);
}
