using System.Globalization;
using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Terminal;

/// <summary>The cells of a picture in a terminal: in each a character, or dots, or two halves of shades.</summary>
internal sealed class CellGrid(int columns, int rows, TerminalOptions options)
{
    private readonly Cell[] _cells = new Cell[columns * rows];

    public int Columns => columns;

    public int Rows => rows;

    public void Put(int column, int row, Rune rune, ColorRole role)
    {
        var cells = TextMetrics.Cells(rune);
        if (cells == 0 || !Has(column, row) || !Has(column + cells - 1, row))
        {
            return;
        }

        this[column, row] = new Cell { Rune = options.IsAscii ? TerminalGlyphs.Ascii(rune) : rune, Role = role };
        if (cells == 2)
        {
            this[column + 1, row] = new Cell { IsCovered = true };
        }
    }

    /// <summary>Adds a dot; of two columns and four rows in each cell.</summary>
    public void Dot(int x, int y, ColorRole role)
    {
        if (Has(x / 2, y / 4) && x >= 0 && y >= 0 && this[x / 2, y / 4] is { Rune: null } cell)
        {
            this[x / 2, y / 4] = cell with { Dots = (byte)(cell.Dots | TerminalGlyphs.Dot(x % 2, y % 4)), Role = role };
        }
    }

    /// <summary>Shades half a cell; of one column and two rows in each cell.</summary>
    public void Shade(int column, int half, int step)
    {
        if (Has(column, half / 2) && half >= 0)
        {
            var cell = this[column, half / 2];
            this[column, half / 2] = half % 2 == 0
                ? cell with { Upper = Math.Max(cell.Upper, step) }
                : cell with { Lower = Math.Max(cell.Lower, step) };
        }
    }

    /// <summary>The rows as lines without blanks at their ends.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            Row(text, row);
            text.Append('\n');
        }

        return text.ToString();
    }

    private void Row(StringBuilder text, int row)
    {
        var last = Enumerable.Range(0, columns).LastOrDefault(c => !this[c, row].IsBlank, -1);
        var now = "";
        for (var column = 0; column <= last; column++)
        {
            var cell = this[column, row];
            if (cell.IsCovered)
            {
                continue;
            }

            var color = options.HasColor && !cell.IsBlank ? Sequence(cell) : "";

            // A blank shows no colour but that of its ground.
            if (color != now && (!cell.IsBlank || now.Contains(";48;", StringComparison.Ordinal)))
            {
                text.Append(now.Length > 0 ? "\e[0m" : "").Append(color);
                now = color;
            }

            text.Append(Content(cell));
        }

        text.Append(now.Length > 0 ? "\e[0m" : "");
    }

    private string Content(Cell cell) =>
        cell.Rune is { } rune ? rune.ToString()
        : cell.Dots > 0 ? TerminalGlyphs.Dots(cell.Dots, options.IsAscii).ToString()
        : cell.Upper + cell.Lower == 0 ? " "
        : IsHalved ? (cell.Upper == 0 ? "▄" : "▀")
        : TerminalGlyphs.Shade(Math.Max(cell.Upper, cell.Lower), options.IsAscii).ToString();

    private bool IsHalved => options is { HasColor: true, IsAscii: false };

    private string Sequence(Cell cell)
    {
        if (cell.Rune is null && cell.Dots == 0 && cell.Upper + cell.Lower > 0)
        {
            var (over, under) = (cell.Upper == 0 ? cell.Lower : cell.Upper, cell.Upper == 0 ? 0 : cell.Lower);
            return "\e[38;5;" + Index(Heat(IsHalved ? over : Math.Max(over, under)))
                + (IsHalved && under > 0 ? ";48;5;" + Index(Heat(under)) : "") + "m";
        }

        return cell.Role switch
        {
            ColorRole.Ink => "",
            ColorRole.Muted or ColorRole.Axis => "\e[90m",
            var role => "\e[38;5;" + Index(Palette.Color(role is >= ColorRole.Label1 and <= ColorRole.Label8
                ? ColorRole.Series1 + (role - ColorRole.Label1)
                : role, isDark: false)) + "m",
        };
    }

    // Steps that differ on light and dark grounds alike.
    private static SceneColor Heat(int step) =>
        Palette.Color(ColorRole.Heat1 + Math.Clamp(step - 1, 0, Palette.HeatSteps - 1), isDark: true);

    // The cube of six steps to a colour that terminals with 256 colours have.
    private static string Index(SceneColor color) =>
        (16 + (36 * Step(color.Red)) + (6 * Step(color.Green)) + Step(color.Blue)).ToString(CultureInfo.InvariantCulture);

    private static int Step(byte value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;

    private bool Has(int column, int row) => column >= 0 && column < columns && row >= 0 && row < rows;

    private ref Cell this[int column, int row] => ref _cells[(row * columns) + column];

    private readonly record struct Cell
    {
        public Rune? Rune { get; init; }

        public bool IsCovered { get; init; }

        public byte Dots { get; init; }

        public int Upper { get; init; }

        public int Lower { get; init; }

        public ColorRole Role { get; init; }

        public bool IsBlank => (Rune is null || Rune.Value.Value == ' ') && Dots == 0 && Upper + Lower == 0 && !IsCovered;
    }
}
