using System.Globalization;
using System.Text;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Board;

/// <summary>
/// How old something is, or for how long it is so. A piece has the moment alone, as an age in it would make it another
/// piece at every look; the page gets the ages when it is written, and its script keeps them right.
/// </summary>
internal static class BoardAge
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const string End = "</time>";

    private static readonly string[] Starts =
        ["<time class=\"age\" datetime=\"", "<time class=\"span\" datetime=\""];

    /// <summary>Such as <c>3 min ago</c>.</summary>
    public static Html Of(DateTimeOffset at) => Html.Of($"<time class=\"age\" datetime=\"{Text(at)}\"></time>");

    /// <summary>Such as <c>for 3 min</c>.</summary>
    public static Html Since(DateTimeOffset at) => Html.Of($"<time class=\"span\" datetime=\"{Text(at)}\"></time>");

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Writes the ages into a page.</summary>
    public static string Fill(string page, DateTimeOffset now, PageTexts texts)
    {
        foreach (var start in Starts)
        {
            page = Fill(page, start, age => start == Starts[0] ? texts.Age(age) : texts.Span(age), now);
        }

        return page;
    }

    private static string Fill(string page, string start, Func<TimeSpan, string> text, DateTimeOffset now)
    {
        var filled = new StringBuilder(page.Length + 256);
        var from = 0;
        for (int at; (at = page.IndexOf(start, from, StringComparison.Ordinal)) >= 0;)
        {
            var end = page.IndexOf(End, at, StringComparison.Ordinal);
            var moment = DateTimeOffset.ParseExact(
                page.AsSpan(at + start.Length, BoardAge.Text(now).Length), Format, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal);
            filled.Append(page, from, end - from).Append(text(now - moment));
            from = end;
        }

        return filled.Append(page, from, page.Length - from).ToString();
    }
}
