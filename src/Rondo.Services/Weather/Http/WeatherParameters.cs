using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather.Http;

/// <summary>Reads the parameters of one request. The first mistake is kept in <see cref="Problem"/>.</summary>
internal sealed class WeatherParameters
{
    /// <summary>What the answers of one address depend on.</summary>
    public const string Vary = "Accept, Accept-Language";

    private static readonly string[] Names = ["days", "units", "format", "lang"];

    /// <param name="context">The request.</param>
    /// <param name="more">Names of parameters that others read.</param>
    public WeatherParameters(HttpContext context, params string[] more)
    {
        Problem = Unknown(context, [.. Names, .. more]);
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

        Style = Style with { Language = PageLanguages.Preferred(context.Request.Headers.AcceptLanguage) };
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

    /// <summary>Whether a page is the best answer, be it good or bad.</summary>
    public static bool WantsPage(HttpContext context) =>
        !context.Request.Query.ContainsKey("format") && Accepted(context) is MediaType.Html;

    private static string? Accepted(HttpContext context) => MediaType.Choose(
        context.Request.Headers.Accept, MediaType.Json, MediaType.Text, MediaType.Csv, MediaType.Html);

    private void Negotiate(HttpContext context)
    {
        WeatherFormat? format = Accepted(context) switch
        {
            MediaType.Json => WeatherFormat.Json,
            MediaType.Text => WeatherFormat.Text,
            MediaType.Csv => WeatherFormat.Csv,
            MediaType.Html => WeatherFormat.Html,
            _ => null,
        };
        Style = Style with { Format = format ?? Style.Format };
        Problem = format is null
            ? new Problem(
                ProblemType.NotAcceptable, "Weather comes as application/json, text/plain, text/csv or text/html.")
            : null;
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
