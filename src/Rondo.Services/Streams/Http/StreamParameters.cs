using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Http;

/// <summary>Where and how a client wants to read a stream. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class StreamParameters
{
    private const int DefaultLimit = 100;
    private const int LongestWaitSeconds = 60;

    private static readonly string[] Names = ["after", "limit", "wait"];

    public StreamParameters(HttpContext context)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!Names.Contains(name))
            {
                Problem ??= new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no parameter '{Shorten(name)}' here; there are {string.Join(", ", Names)}.");
            }
            else if (values.Count > 1)
            {
                Problem ??= new Problem(
                    ProblemType.RepeatedParameter, $"'{name}' is given {values.Count} times; give it once.");
            }
            else
            {
                Read(name, values[0] ?? "");
            }
        }

        if (context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id])
        {
            After = Cursor("Last-Event-ID", id);
        }
    }

    public Problem? Problem { get; private set; }

    public StreamCursor? After { get; private set; }

    public int Limit { get; private set; } = DefaultLimit;

    public TimeSpan Wait { get; private set; }

    /// <summary>Whether something was said that makes sense for a page alone.</summary>
    public bool IsOfPage { get; private set; }

    private void Read(string name, string text)
    {
        IsOfPage |= name != "after";
        switch (name)
        {
            case "after":
                After = Cursor(name, text);
                break;
            case "limit":
                Limit = Number(name, text, 1, StreamLimits.LargestPage);
                break;
            default:
                Wait = TimeSpan.FromSeconds(Number(name, text.EndsWith('s') ? text[..^1] : text, 0, LongestWaitSeconds));
                break;
        }
    }

    private StreamCursor? Cursor(string name, string text)
    {
        if (StreamCursor.TryParse(text, out var cursor))
        {
            return cursor;
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter,
            $"'{name}' is a cursor that this stream has given, or a number, not '{Shorten(text)}'.");
        return null;
    }

    private int Number(string name, string text, int least, int most)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter, $"'{name}' is a number from {least} to {most}, not '{Shorten(text)}'.");
        return least;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
