using System.Globalization;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Chat.Http;

/// <summary>Which messages a client wants to see. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class HistoryParameters
{
    private const int DefaultLimit = 50;
    private const int MostMessages = 500;

    private static readonly string[] Places = ["after", "before", "around"];

    public HistoryParameters(HttpContext context)
    {
        var (side, cursor, limit) = (HistorySide.Before, (StreamCursor?)null, DefaultLimit);
        var places = 0;
        foreach (var (name, values) in context.Request.Query)
        {
            var text = values[0] ?? "";
            if (name != "limit" && !Places.Contains(name))
            {
                Problem ??= new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no parameter '{Short(name)}' here; there are {string.Join(", ", Places)}, limit.");
            }
            else if (values.Count > 1)
            {
                Problem ??= new Problem(
                    ProblemType.RepeatedParameter, $"'{name}' is given {values.Count} times; give it once.");
            }
            else if (name == "limit")
            {
                limit = Number(text);
            }
            else
            {
                places++;
                (side, cursor) = ((HistorySide)Array.IndexOf(Places, name), Cursor(name, text));
            }
        }

        if (places > 1)
        {
            Problem ??= new Problem(ProblemType.InvalidParameter, "Give one of 'after', 'before' and 'around'.");
        }

        Wanted = new HistoryWanted(side, cursor, limit);
    }

    public Problem? Problem { get; private set; }

    public HistoryWanted Wanted { get; }

    private StreamCursor? Cursor(string name, string text)
    {
        if (StreamCursor.TryParse(text, out var cursor))
        {
            return cursor;
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter,
            $"'{name}' is a cursor that this room has given, or a number, not '{Short(text)}'.");
        return null;
    }

    private int Number(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= MostMessages)
        {
            return number;
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter, $"'limit' is a number from 1 to {MostMessages}, not '{Short(text)}'.");
        return 1;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
