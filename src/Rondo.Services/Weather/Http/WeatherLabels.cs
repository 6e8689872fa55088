using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary>The headers that say where weather comes from, how old it is and what is wrong with it.</summary>
internal static class WeatherLabels
{
    // The age changes once a second: so often is its text made.
    private static readonly AgeText s_age = new();

    /// <summary>Sets the headers. True when the client has this answer already and the 304 is complete.</summary>
    /// <param name="context">The request.</param>
    /// <param name="view">What is shown.</param>
    /// <param name="isPartial">Whether something that belongs to the answer is missing.</param>
    /// <param name="variant">Tells answers of the same view at the same address apart.</param>
    /// <param name="isPublic">Whether others than who asked may keep it.</param>
    /// <param name="now">The present.</param>
    public static bool Write(
        HttpContext context, ForecastView view, bool isPartial, string variant, bool isPublic, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        headers["X-Rondo-Source"] = view.Source;
        headers["X-Rondo-Date"] = view.DateText;
        if (Quality(view, isPartial) is { } quality)
        {
            headers["X-Rondo-Quality"] = quality;
        }

        if (view.License is { } license)
        {
            headers.Link = license;
        }

        headers.Age = s_age.Of(view.Age(now));
        headers.CacheControl = isPublic ? "public, no-cache" : "private, no-cache";
        var tag = view.Tag(isPartial ? variant + "-partial" : variant);
        headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch is [{ } known]
            && (known == "*" || known.Contains(tag, StringComparison.Ordinal)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        return false;
    }

    private static string? Quality(ForecastView view, bool isPartial) =>
        (view.IsFixture, view.IsStale, isPartial) switch
        {
            (false, false, false) => null,
            (true, false, false) => "fixture",
            (false, true, false) => "stale",
            (false, false, true) => "partial",
            (false, true, true) => "stale, partial",
            (true, _, _) => "fixture, partial",
        };
}
