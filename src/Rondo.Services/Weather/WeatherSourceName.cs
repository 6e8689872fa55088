using System.Collections.Concurrent;

namespace Rondo.Services.Weather;

/// <summary>What the sources are called in answers, and whom to thank.</summary>
internal static class WeatherSourceName
{
    public const string OpenMeteo = "open-meteo";
    public const string MetNo = "met.no";
    public const string File = "file";
    public const string Fixture = "fixture";

    // There are few combinations.
    private static readonly ConcurrentDictionary<string, string?> Licenses = new();

    /// <summary>What the licences of the named sources ask to be shown.</summary>
    public static IReadOnlyList<string> Attribution(string sources) =>
        [.. sources.Split(", ").Select(One).Where(a => a.Length > 0)];

    /// <summary>The same as links to the licences (RFC 8288), or null without any.</summary>
    public static string? License(string sources) => Licenses.GetOrAdd(sources, static names =>
        string.Join(", ", names.Split(", ").Where(n => Site(n) is not null).Select(Link)) is { Length: > 0 } links
            ? links
            : null);

    /// <summary>Where the licence of one source asks a page to lead; null without any.</summary>
    public static string? Site(string source) => source switch
    {
        OpenMeteo => "https://open-meteo.com/",
        MetNo => "https://api.met.no/",
        _ => null,
    };

    private static string Link(string source) =>
        $"<https://creativecommons.org/licenses/by/4.0/>; rel=\"license\"; title=\"{One(source)}\"";

    private static string One(string source) => source switch
    {
        OpenMeteo => "Weather data by Open-Meteo.com (CC BY 4.0)",
        MetNo => "Data from MET Norway (CC BY 4.0)",
        Fixture => "Invented data for trying things out, not the weather",
        _ => "",
    };
}
