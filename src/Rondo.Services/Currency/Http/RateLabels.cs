using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Currency.Http;

/// <summary>The headers that say where rates come from, how old they are, and how long they may be kept.</summary>
internal static class RateLabels
{
    private const string SettledCaching = "public, max-age=86400, stale-while-revalidate=86400, stale-if-error=86400";
    private const string LatestCaching = "public, no-cache, stale-if-error=86400";

    public const string Source = "X-Rondo-Source";
    public const string Date = "X-Rondo-Date";
    public const string Quality = "X-Rondo-Quality";

    // The age changes once a second, the tag of the latest rates once a day: so often are their texts made.
    private static readonly AgeText s_age = new();
    private static Tuple<string, int, bool, string> s_tag = Tuple.Create("", 0, false, "");

    /// <summary>
    /// Sets the headers. <paramref name="settled"/> marks an answer about the past, which newer rates cannot change;
    /// <paramref name="published"/> is false for rates that do not age, being fixed by law or by hand.
    /// Returns true when the client has this answer already and the 304 is complete.
    /// </summary>
    public static bool Write(
        HttpContext context,
        RateSnapshot rates,
        string source,
        string date,
        bool settled,
        DateTimeOffset now,
        bool published = true)
    {
        var headers = context.Response.Headers;
        headers[Source] = source;
        headers[Date] = date;
        headers.Vary = "Accept";

        // Rates that ship with Rondo, or that somebody sets, give way to better ones even for the past.
        headers.CacheControl = settled && (source is "ECB" or "file") ? SettledCaching : LatestCaching;
        var stale = !settled && published && rates.IsStale(now);
        if (!settled && published)
        {
            headers.Age = s_age.Of(rates.Age(now));
        }

        if (stale)
        {
            headers[Quality] = "stale";
        }

        var etag = settled ? $"W/\"{rates.Tag}\"" : LatestTag(rates.Tag, now, stale);
        headers.ETag = etag;
        if (context.Request.Headers.IfNoneMatch is [{ } known]
            && (known == "*" || known.Contains(etag, StringComparison.Ordinal)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        return false;
    }

    // Weak, since the JSON and the CSV of one list share it. It carries the day: what is filled up to today, set by
    // hand from today on, or ends today changes at midnight without new rates.
    private static string LatestTag(string state, DateTimeOffset now, bool stale)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var known = Volatile.Read(ref s_tag);
        if (!ReferenceEquals(known.Item1, state) || known.Item2 != day.DayNumber || known.Item3 != stale)
        {
            var text = string.Create(
                CultureInfo.InvariantCulture, $"W/\"{state}-{day:yyyyMMdd}{(stale ? "-stale" : "")}\"");
            known = Tuple.Create(state, day.DayNumber, stale, text);
            Volatile.Write(ref s_tag, known);
        }

        return known.Item4;
    }

    /// <summary>As above, for a list.</summary>
    public static bool Write(
        HttpContext context, RateSnapshot rates, in RateRangeExtent extent, bool settled, DateTimeOffset now)
    {
        var date = extent.Published.ToString("O", CultureInfo.InvariantCulture);
        return Write(context, rates, extent.Sources, date, settled, now, extent.IsPublished);
    }
}
