using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>Bytes as docs/services/upstream.md writes them: <c>\r</c>, <c>\x01</c>, <c>{9*text}</c>.</summary>
internal static partial class AnswerText
{
    public static string Expand(string text)
    {
        while (Repeated().Match(text) is { Success: true } match)
        {
            var count = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            var unit = match.Groups[2].Value;
            text = text[..match.Index]
                + new StringBuilder(count * unit.Length).Insert(0, unit, count)
                + text[(match.Index + match.Length)..];
        }

        return Escape().Replace(text, m => m.Value[1] switch
        {
            'r' => "\r",
            'n' => "\n",
            '0' => "\0",
            _ => ((char)int.Parse(m.Value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
        });
    }

    // The innermost first.
    [GeneratedRegex(@"\{(\d+)\*([^{}]*)\}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\\(r|n|0|x[0-9a-f]{2})")]
    private static partial Regex Escape();
}
