using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace Rondo.Services.Hosting.Pages;

/// <summary>
/// A text, as a rule an address, as a QR code (ISO/IEC 18004): dark on light whatever the look of the page or of the
/// terminal, and with the light edge without which many cameras do not find it.
/// </summary>
/// <remarks>
/// With error correction of level M: a sixth of the code may be hidden by a reflection. An address of 60 characters
/// makes 37 modules a side.
/// </remarks>
/// <threadsafety>From any thread.</threadsafety>
internal static class QrCode
{
    // True black and white of the 256 colours, which a terminal's theme leaves alone.
    private const string BlackOnWhite = "\e[38;5;16;48;5;231m";
    private const string Reset = "\e[0m";

    /// <summary>The code as a picture for a page; it has no style of its own, so that any policy lets it in.</summary>
    /// <param name="text">What a scanner reads; at most 2,000 characters.</param>
    /// <param name="label">What it is for, told to those who cannot see it.</param>
    public static Html Svg(string text, string label)
    {
        var rows = Modules(text);
        var size = rows.Count;
        return Html.Of($$"""
            <svg class="qr" role="img" aria-label="{{label}}" viewBox="0 0 {{size}} {{size}}"
            width="240" height="240" shape-rendering="crispEdges">
            <path fill="#fff" d="M0 0h{{size}}v{{size}}H0z"/><path fill="#000" d="{{Outline(rows)}}"/></svg>
            """);
    }

    /// <summary>The code for a terminal, two modules to a character; each line ends with a line feed.</summary>
    /// <param name="text">What a scanner reads; at most 2,000 characters.</param>
    /// <param name="hasColor">
    /// Whether colours may be set. Without, light modules are drawn, which fits terminals with a dark background.
    /// </param>
    public static string Blocks(string text, bool hasColor)
    {
        var rows = Modules(text);
        var lines = new StringBuilder();
        for (var y = 0; y < rows.Count; y += 2)
        {
            lines.Append(hasColor ? BlackOnWhite : "");
            for (var x = 0; x < rows.Count; x++)
            {
                var upper = rows[y][x];
                var lower = y + 1 < rows.Count && rows[y + 1][x];
                lines.Append((upper == hasColor, lower == hasColor) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }

            lines.Append(hasColor ? Reset : "").Append('\n');
        }

        return lines.ToString();
    }

    // With the edge of four modules. Readers guess what bytes above ASCII mean, unless the code says so.
    private static List<BitArray> Modules(string text)
    {
        var encoding = Ascii.IsValid(text) ? QRCodeGenerator.EciMode.Default : QRCodeGenerator.EciMode.Utf8;
        using var code = QRCodeGenerator.GenerateQrCode(
            text, QRCodeGenerator.ECCLevel.M, forceUtf8: true, eciMode: encoding);
        return code.ModuleMatrix;
    }

    private static string Outline(List<BitArray> rows)
    {
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                var start = x;
                while (x < rows.Count && rows[y][x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1H{start}z");
                }
            }
        }

        return path.ToString();
    }
}
