using System.Text;

namespace Rondo.Cli.Inspect;

/// <summary>Columns as wide as what they hold; the last one is left as it is.</summary>
internal static class TextTable
{
    private const int Widest = 60;

    public static string Write(string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.Prepend(header).ToList();
        var text = new StringBuilder();
        var widths = Enumerable.Range(0, header.Length - 1)
            .Select(c => Math.Min(Widest, lines.Max(l => l[c].Length))).ToList();
        foreach (var line in lines)
        {
            for (var column = 0; column < widths.Count; column++)
            {
                text.Append(line[column].PadRight(widths[column])).Append("  ");
            }

            text.Append(line[^1]).Append('\n');
        }

        return text.ToString();
    }
}
