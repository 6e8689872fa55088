using System.Globalization;
using System.Text;

namespace Rondo.Charts.Svg;

/// <summary>Text and numbers as XML wants them.</summary>
internal static class SvgText
{
    /// <summary>
    /// As the content of an element or of an attribute in double quotes; what XML cannot hold is left out.
    /// </summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\t' or '\n' => escaped.Append((char)rune.Value),
                < ' ' or (>= 0x7f and <= 0x9f) or 0xfffe or 0xffff => escaped,

                // They would turn around what the page says after them.
                (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) => escaped,
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }

    /// <summary>
    /// To a hundredth of a unit: what nobody can see makes no file longer, and no two machines disagree.
    /// </summary>
    public static string Number(double value)
    {
        var rounded = double.IsFinite(value) ? Math.Round(value, 2) : 0;
        return (rounded == 0 ? 0 : rounded).ToString("0.##", CultureInfo.InvariantCulture);
    }
}
