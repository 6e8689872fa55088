using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Rondo.Services.Hosting;

/// <summary>Chooses among the media types a resource offers, by RFC 9110 section 12.5.1.</summary>
internal static class MediaType
{
    public const string Json = "application/json";
    public const string Text = "text/plain";
    public const string Csv = "text/csv";
    public const string Ndjson = "application/x-ndjson";
    public const string Html = "text/html";

    /// <summary>
    /// The offer the client prefers; ties go to the earlier offer. Null when none is acceptable. A header that cannot
    /// be parsed counts as absent, as if the client did not care.
    /// </summary>
    public static string? Choose(StringValues accept, params ReadOnlySpan<string> offers)
    {
        if (accept.Count == 0 || (accept.Count == 1 && accept[0] is null or "" or "*/*")
            || !MediaTypeHeaderValue.TryParseList(accept, out var ranges))
        {
            return offers[0];
        }

        string? best = null;
        var bestQuality = 0.0;
        foreach (var offer in offers)
        {
            if (Quality(ranges, offer) is var quality && quality > bestQuality)
            {
                (best, bestQuality) = (offer, quality);
            }
        }

        return best;
    }

    private static double Quality(IList<MediaTypeHeaderValue> ranges, string offer)
    {
        var slash = offer.IndexOf('/');
        var (quality, specificity) = (0.0, -1);
        foreach (var range in ranges)
        {
            var fits = range.MatchesAllTypes ? 0
                : !range.Type.AsSpan().Equals(offer.AsSpan(0, slash), StringComparison.OrdinalIgnoreCase) ? -1
                : range.MatchesAllSubTypes ? 1
                : range.SubType.AsSpan().Equals(offer.AsSpan(slash + 1), StringComparison.OrdinalIgnoreCase) ? 2
                : -1;
            if (fits > specificity)
            {
                (quality, specificity) = (range.Quality ?? 1, fits);
            }
        }

        return quality;
    }
}
