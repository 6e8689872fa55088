using System.Buffers;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Chat;

/// <summary>
/// Text in which addresses of http and https, and no others, can be followed. By hand: a regular expression that does
/// not backtrack takes longer to build than the page, and does so on an event loop.
/// </summary>
internal static class LinkedText
{
    // Neither part of an address nor to be taken into one: quotes, brackets of tags, controls of writing direction.
    private static readonly SearchValues<char> Ends = SearchValues.Create(
        "<>\"'\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    // What ends a sentence is rarely the end of an address.
    private static readonly SearchValues<char> Punctuation = SearchValues.Create(".,:;!?)]");

    public static Html Of(string text)
    {
        var pieces = new List<Html>();
        var (done, from) = (0, 0);
        while (NextScheme(text, from) is var (start, host) && start >= 0)
        {
            var end = EndOfAddress(text, host);
            from = end > host ? end : host;
            if (end > host && (start == 0 || !IsOfWord(text[start - 1])))
            {
                var address = text[start..end];
                var link = Html.Of($"<a href=\"{address}\" rel=\"noopener nofollow ugc\">{address}</a>");
                pieces.Add(Html.Of($"{text[done..start]}{link}"));
                done = end;
            }
        }

        pieces.Add(Html.Of($"{text[done..]}"));
        return Html.Join(pieces);
    }

    private static (int Start, int Host) NextScheme(string text, int from)
    {
        for (var colon = text.IndexOf("://", from, StringComparison.Ordinal); colon >= 0;
            colon = text.IndexOf("://", colon + 1, StringComparison.Ordinal))
        {
            var before = text.AsSpan(from, colon - from);
            var length = before.EndsWith("https", StringComparison.OrdinalIgnoreCase) ? 5
                : before.EndsWith("http", StringComparison.OrdinalIgnoreCase) ? 4
                : 0;
            if (length > 0)
            {
                return (colon - length, colon + 3);
            }
        }

        return (-1, -1);
    }

    private static int EndOfAddress(string text, int host)
    {
        var end = host;
        while (end < text.Length && !IsEnd(text[end]))
        {
            end++;
        }

        while (end > host && Punctuation.Contains(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static bool IsEnd(char c) => char.IsWhiteSpace(c) || char.IsControl(c) || Ends.Contains(c);

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
