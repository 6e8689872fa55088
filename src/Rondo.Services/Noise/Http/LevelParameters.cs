using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Http;

/// <summary>Which levels a client wants. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class LevelParameters
{
    private const int MostBuckets = 3000;
    private const int MostDays = 31;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly string[] Names = ["from", "to", "step", "format"];
    private static readonly string[] Forms = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];

    public LevelParameters(HttpContext context, DateTimeOffset now)
    {
        var query = context.Request.Query;
        foreach (var (name, values) in query)
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
        }

        StepText = query["step"] is [{ Length: > 0 } step] ? step : "1m";
        Step = DurationText.Parse(StepText) is { } time && time >= Minute && time <= Day
            && time.Ticks % Minute.Ticks == 0
            ? time
            : Wrong("step", "whole minutes such as 1m, 15m, 1h or 1d", Minute);
        To = query["to"] is [{ Length: > 0 } to] ? Moment("to", to, now) : now;
        From = Floor(query["from"] is [{ Length: > 0 } from] ? Moment("from", from, now) : To - TimeSpan.FromHours(1));
        Format(context, query["format"]);
        if (Problem is null
            && (From >= To || To - From > TimeSpan.FromDays(MostDays) || (To - From) / Step > MostBuckets))
        {
            Problem = new Problem(
                ProblemType.InvalidParameter,
                $"'from' lies before 'to', by at most {MostDays} days and {MostBuckets} steps.");
        }
    }

    public Problem? Problem { get; private set; }

    /// <summary>A whole minute.</summary>
    public DateTimeOffset From { get; }

    public DateTimeOffset To { get; }

    /// <summary>Whole minutes, at most a day.</summary>
    public TimeSpan Step { get; }

    public string StepText { get; }

    public bool IsCsv { get; private set; }

    private void Format(HttpContext context, Microsoft.Extensions.Primitives.StringValues format)
    {
        var chosen = format is [{ Length: > 0 } asked] ? asked switch
        {
            "json" => MediaType.Json,
            "csv" => MediaType.Csv,
            _ => Wrong<string?>("format", "json or csv", MediaType.Json),
        }
        : MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, MediaType.Csv);
        IsCsv = chosen is MediaType.Csv;
        if (chosen is null)
        {
            Problem ??= new Problem(
                ProblemType.NotAcceptable, $"Levels come as {MediaType.Json} or {MediaType.Csv}.");
        }
    }

    // A time such as 24h is so long before now.
    private DateTimeOffset Moment(string name, string text, DateTimeOffset now) =>
        DurationText.Parse(text) is { } ago ? now - ago
        : DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && moment.Year is > 1970 and < 2200 ? moment.ToUniversalTime()
        : Wrong(name, "a moment such as 2026-11-22T05:00:00Z, a date, or a time before now such as 24h", now);

    private T Wrong<T>(string name, string expected, T fallback)
    {
        Problem ??= new Problem(ProblemType.InvalidParameter, $"'{name}' is {expected}.");
        return fallback;
    }

    private static DateTimeOffset Floor(DateTimeOffset moment) =>
        new(moment.Ticks - (moment.Ticks % Minute.Ticks), TimeSpan.Zero);

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
