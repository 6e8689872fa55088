using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Terminal;

/// <summary>The characters that stand for marks.</summary>
internal static class TerminalGlyphs
{
    private const string Shapes = "●■▲✕◆▼+┃○";
    private const string AsciiShapes = "o#^x*v+|O";
    private const string Shades = "  ░░▒▒▓▓█";
    private const string AsciiShades = " .:-=+*#@";
    private const string Eighths = " ▏▎▍▌▋▊▉█";
    private const int Braille = 0x2800;

    // The dots of a braille character, two columns of four, top to bottom: Unicode counts the lowest two last.
    private static readonly byte[] DotBits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];

    public static char Marker(MarkerShape shape, bool isAscii) => (isAscii ? AsciiShapes : Shapes)[(int)shape];

    /// <summary>From 0, nothing, to <see cref="Palette.HeatSteps"/>.</summary>
    public static char Shade(int step, bool isAscii) => (isAscii ? AsciiShades : Shades)[step];

    /// <summary>A cell of a bar, filled from the left.</summary>
    public static char Bar(double share, bool isBad, bool isAscii) =>
        isAscii ? (isBad ? 'X' : share >= 0.5 ? '#' : '|')
        : isBad ? '▓'
        : Eighths[Math.Clamp((int)Math.Round(share * 8), 1, 8)];

    /// <summary>The bit of a dot of a cell.</summary>
    public static byte Dot(int column, int row) => DotBits[(row * 2) + column];

    /// <summary>A cell with dots.</summary>
    public static char Dots(byte bits, bool isAscii)
    {
        if (!isAscii)
        {
            return (char)(Braille + bits);
        }

        var (upper, lower) = ((bits & 0x1b) != 0, (bits & 0xe4) != 0);
        return upper && lower ? ':' : upper ? '\'' : '.';
    }

    /// <summary>The nearest that ASCII has.</summary>
    public static Rune Ascii(Rune rune) => rune.Value is >= ' ' and <= '~' ? rune : new Rune(rune.Value switch
    {
        'µ' or 'μ' => 'u',
        '–' or '—' or '−' => '-',
        '…' => '.',
        '±' => '~',
        '×' => 'x',
        '÷' => '/',
        '≤' => '<',
        '≥' => '>',
        '’' or '‘' => '\'',
        '“' or '”' => '"',
        _ => '?',
    });
}
