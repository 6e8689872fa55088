using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>What was said last in the lobby.</summary>
internal static class ChatTile
{
    private const int Longest = 280;

    public static Html Of(BoardFacts facts, PageTexts texts) => facts.Chat switch
    {
        null => Html.Of($"<p class=\"nothing\">{texts["chat-unreadable"]}</p>"),
        [] => Html.Of($"<p class=\"nothing\">{texts["chat-nothing"]}</p>"),
        var lines => Html.Of($"<ol class=\"said\">{Html.Join(lines.Select(Line))}</ol>"),
    };

    private static Html Line(BoardLine line) => Html.Of($$"""
        <li><p class="meta"><bdi>{{line.Name}}</bdi> {{BoardAge.Of(line.At)}}</p><p dir="auto">{{Shorten(line.Text)}}</p></li>
        """);

    private static string Shorten(string text)
    {
        var words = text.ReplaceLineEndings(" ");
        if (words.Length <= Longest)
        {
            return words;
        }

        var end = char.IsHighSurrogate(words[Longest - 1]) ? Longest - 1 : Longest;
        return words[..end].TrimEnd() + "…";
    }
}
