using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary>Reads the parameters of one request. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class WeatherParameters
{
    public WeatherParameters(HttpContext context)
    {
        Problem = Unknown(context, "days", "units", "format", "lang");
        if (Problem is not null)
        {
            return;
        }

        var query = context.Request.Query;
        if (query.TryGetValue("format", out var format))
        {
            var styled = Style.WithFormat(format.ToString(), out var mistake);
            Problem = styled is null ? WeatherProblems.Format(mistake) : null;
            Style = styled ?? Style;
        }
        else
        {
            Negotiate(context);
        }

        Take(query, "days", Style.WithDays, WeatherStyle.DaysText);
        Take(query, "units", Style.WithUnits, WeatherStyle.UnitsText);
        Take(query, "lang", Style.WithLanguage, WeatherStyle.LanguageText);
    }

    public Problem? Problem { get; private set; }

    public WeatherStyle Style { get; private set; } = new();

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

    private void Negotiate(HttpContext context)
    {
        var accepted = MediaType.Choose(
            context.Request.Headers.Accept, MediaType.Json, MediaType.Text, MediaType.Csv);
        if (accepted is null)
        {
            Problem = new Problem(
                ProblemType.NotAcceptable, "Weather comes as application/json, text/plain or text/csv.");
            return;
        }

        Style = Style with
        {
            Format = accepted is MediaType.Text ? WeatherFormat.Text
                : accepted is MediaType.Csv ? WeatherFormat.Csv
                : WeatherFormat.Json,
        };
    }

    private void Take(IQueryCollection query, string name, Func<string, WeatherStyle?> read, string expected)
    {
        if (!query.TryGetValue(name, out var text))
        {
            return;
        }

        var styled = read(text.ToString());
        Problem ??= styled is null
            ? new Problem(
                ProblemType.InvalidParameter,
                $"'{name}' is {expected}, not '{WeatherProblems.Shorten(text.ToString())}'.")
            : null;
        Style = styled ?? Style;
    }
}
