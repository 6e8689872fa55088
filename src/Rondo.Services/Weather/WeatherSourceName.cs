namespace Rondo.Services.Weather;

/// <summary>What the sources are called in answers, and whom to thank.</summary>
internal static class WeatherSourceName
{
    public const string OpenMeteo = "open-meteo";
    public const string MetNo = "met.no";
    public const string File = "file";
    public const string Fixture = "fixture";

    /// <summary>What the licences of the named sources ask to be shown.</summary>
    public static IReadOnlyList<string> Attribution(string sources) =>
        [.. sources.Split(", ").Select(One).Where(a => a.Length > 0)];

    private static string One(string source) => source switch
    {
        OpenMeteo => "Weather data by Open-Meteo.com (CC BY 4.0)",
        MetNo => "Data from MET Norway (CC BY 4.0)",
        Fixture => "Invented data for trying things out, not the weather",
        _ => "",
    };
}
