using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Rondo.Services.Hosting.Pages;

/// <summary>The languages that texts for people come in.</summary>
internal enum PageLanguage
{
    English,
    German,
}

internal static class PageLanguages
{
    public static IReadOnlyList<PageLanguage> All { get; } = [PageLanguage.English, PageLanguage.German];

    /// <summary>As addresses, settings and the attribute <c>lang</c> have it.</summary>
    public static string Tag(this PageLanguage language) => language is PageLanguage.German ? "de" : "en";

    /// <summary>The language of a tag; null for any other text.</summary>
    public static PageLanguage? Parse(string tag) => tag switch
    {
        "en" => PageLanguage.English,
        "de" => PageLanguage.German,
        _ => null,
    };

    /// <summary>
    /// What a reader prefers (RFC 9110 section 12.5.4), by the first part of each range; a tie is English.
    /// </summary>
    public static PageLanguage Preferred(StringValues accepted)
    {
        return StringWithQualityHeaderValue.TryParseList(accepted, out var ranges) && Quality("de") > Quality("en")
            ? PageLanguage.German
            : PageLanguage.English;

        double Quality(string language) => ranges
            .Where(r => r.Value.ToString().Split('-')[0].Equals(language, StringComparison.OrdinalIgnoreCase))
            .Select(r => r.Quality ?? 1)
            .DefaultIfEmpty(ranges.FirstOrDefault(r => r.Value == "*") is { } any ? any.Quality ?? 1 : 0)
            .Max();
    }
}
