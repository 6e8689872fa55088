using System.Globalization;
using System.Text;

namespace Rondo.Services.Weather;

/// <summary>
/// Makes names comparable: case, accents and punctuation do not count. By a table of its own, since the process runs
/// without the platform's culture data.
/// </summary>
internal static class PlaceName
{
    private static readonly Dictionary<char, string> Plain = Table(
        "a:àáâãäåāăą", "ae:æ", "c:çćĉċč", "d:ďđð", "e:èéêëēĕėęě", "g:ĝğġģ", "h:ĥħ", "i:ìíîïĩīĭįı", "j:ĵ", "k:ķ",
        "l:ĺļľŀł", "n:ñńņňŉ", "o:òóôõöøōŏő", "oe:œ", "r:ŕŗř", "s:śŝşšș", "ss:ß", "t:ţťŧț", "th:þ", "u:ùúûüũūŭůűų",
        "w:ŵ", "y:ýÿŷ", "z:źżž");

    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            var lower = char.ToLowerInvariant(c);
            if (Plain.TryGetValue(lower, out var plain))
            {
                folded.Append(plain);
            }
            else if (char.IsLetterOrDigit(lower))
            {
                folded.Append(lower);
            }
            else if (char.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark and not UnicodeCategory.Format
                && c is not '\'' and not '’' and not '.'
                && folded is [.., not ' '])
            {
                folded.Append(' ');
            }
        }

        return folded.ToString().TrimEnd();
    }

    /// <summary>How many letters have to be put in, left out or exchanged (Levenshtein).</summary>
    public static int Distance(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (var j = 0; j <= other.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static Dictionary<char, string> Table(params ReadOnlySpan<string> entries)
    {
        var table = new Dictionary<char, string>();
        foreach (var entry in entries)
        {
            var (plain, letters) = (entry[..entry.IndexOf(':')], entry[(entry.IndexOf(':') + 1)..]);
            foreach (var letter in letters)
            {
                table[letter] = plain;
            }
        }

        return table;
    }
}
