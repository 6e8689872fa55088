using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary>How the weather of a place is to be shown.</summary>
internal enum WeatherFormat
{
    Json,
    Text,
    Ansi,
    Line,
    Csv,
    Prometheus,
}

/// <summary>Reads the parameters of one request. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class WeatherParameters
{
    public static readonly string[] Names = ["days", "units", "format", "lang"];

    public WeatherParameters(HttpContext context)
    {
        Problem = Unknown(context, Names);
        var query = context.Request.Query;
        if (Problem is not null)
        {
            return;
        }

        ReadFormat(context, query["format"]);
        if (query.TryGetValue("days", out var days))
        {
            Days = ReadDays(days.ToString());
        }

        Units = Choice(
            "units", query["units"], ("metric", WeatherUnits.Metric), ("imperial", WeatherUnits.Imperial), ("si", WeatherUnits.Si));
        Language = Choice(
            "lang", query["lang"], ("en", WeatherLanguage.English), ("de", WeatherLanguage.German));
    }

    public Problem? Problem { get; private set; }

    /// <summary>1 to <see cref="ForecastView.MostDays"/>, today included.</summary>
    public int Days { get; private set; } = 2;

    public WeatherUnits Units { get; } = WeatherUnits.Metric;

    public WeatherLanguage Language { get; }

    public WeatherFormat Format { get; private set; }

    /// <summary>What one line is made of, with <see cref="WeatherFormat.Line"/>.</summary>
    public LineFormat? Line { get; private set; }

    /// <summary>A problem when there is any parameter but those named, or one twice.</summary>
    public static Problem? Unknown(HttpContext context, params string[] names)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return new Problem(
                    ProblemType.UnknownParameter,
                    $"There is no parameter '{WeatherProblems.Shorten(name)}' here; "
                        + $"there {(names.Length == 0 ? "is none" : "are " + string.Join(", ", names))}.");
            }

            if (values.Count > 1)
            {
                return new Problem(
                    ProblemType.RepeatedParameter, $"'{name}' is given {values.Count} times; give it once.");
            }
        }

        return null;
    }

    private void ReadFormat(HttpContext context, string? text)
    {
        if (text is not null)
        {
            (Format, Line) = (ForFormat(text, out var line), line);
            return;
        }

        switch (MediaType.Choose(context.Request.Headers.Accept, MediaType.Json, MediaType.Text, MediaType.Csv))
        {
            case null:
                Problem = new Problem(
                    ProblemType.NotAcceptable, "Weather comes as application/json, text/plain or text/csv.");
                break;
            case MediaType.Text:
                Format = WeatherFormat.Text;
                break;
            case MediaType.Csv:
                Format = WeatherFormat.Csv;
                break;
            default:
                Format = WeatherFormat.Json;
                break;
        }
    }

    private WeatherFormat ForFormat(string text, out LineFormat? line)
    {
        line = null;
        switch (text)
        {
            case "json":
                return WeatherFormat.Json;
            case "text":
                return WeatherFormat.Text;
            case "ansi":
                return WeatherFormat.Ansi;
            case "csv":
                return WeatherFormat.Csv;
            case "p1":
                return WeatherFormat.Prometheus;
            default:
                line = LineFormat.TryParse(text, out var mistake);
                Problem ??= line is null ? WeatherProblems.Format(mistake) : null;
                return WeatherFormat.Line;
        }
    }

    private int ReadDays(string text)
    {
        if (text.Length is 1 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= ForecastView.MostDays)
        {
            return days;
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter,
            $"'days' is a number from 1 to {ForecastView.MostDays}, not '{WeatherProblems.Shorten(text)}'.");
        return 2;
    }

    private T Choice<T>(string name, string? text, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (text is null || word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            words.Add(word);
        }

        Problem ??= new Problem(
            ProblemType.InvalidParameter,
            $"'{name}' is one of {string.Join(", ", words)}, not '{WeatherProblems.Shorten(text!)}'.");
        return choices[0].Value;
    }
}
