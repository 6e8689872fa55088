using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather;

/// <summary>The problem types of the weather service; docs/services/weather.md lists when each is answered.</summary>
internal static class WeatherProblems
{
    private static readonly ProblemType InvalidPlace = new("invalid-place", 400, "Place not understood");
    private static readonly ProblemType UnknownPlace = new("unknown-place", 404, "Unknown place");
    private static readonly ProblemType AmbiguousPlace = new("ambiguous-place", 404, "Several such places");
    private static readonly ProblemType InvalidFormat = new("invalid-format", 400, "Format not understood");
    private static readonly ProblemType NoData = new("no-data", 503, "No weather at present");
    private static readonly ProblemType UnusablePlace = new("unusable-place", 422, "Place not taken");
    private static readonly ProblemType UnknownDay = new("unknown-day", 404, "Unknown day");

    public static Problem Place(string text, PlaceFinding finding)
    {
        var type = finding.Failure switch
        {
            PlaceFailure.Unreadable => InvalidPlace,
            PlaceFailure.Ambiguous => AmbiguousPlace,
            _ => UnknownPlace,
        };
        var names = finding.Near.Select(p => p.FullName).ToList();
        var near = names.Count == 0 ? "" : $" Did you mean {string.Join("; ", names)}?";
        return new Problem(type, $"'{Shorten(text)}' is no place. {finding.Reason}{near}")
        {
            More = type == InvalidPlace ? null : json => WriteSuggestions(json, names),
        };
    }

    public static Problem Nothing(WeatherPlace place, string reason) =>
        new(NoData, $"There is no weather of {place.FullName} at present. {reason}");

    /// <summary>Coordinates have no end of streams.</summary>
    public static Problem Unsaved() => new(
        InvalidPlace, "Bare coordinates have no stream: save them with PUT /weather/places/{id}, then watch that id.");

    public static Problem Format(string detail) => new(InvalidFormat, detail);

    public static Problem Unusable(string detail) => new(UnusablePlace, detail);

    public static Problem Day(string word) => new(UnknownDay, $"'{Shorten(word)}' is neither today nor tomorrow.");

    // Each is a place as it is asked for.
    private static void WriteSuggestions(Utf8JsonWriter json, List<string> names)
    {
        json.WriteStartArray("suggestions");
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    /// <summary>Whole seconds, at least one.</summary>
    public static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    public static string Shorten(string text)
    {
        var shown = new string([.. text.Where(c => !char.IsControl(c))]);
        return shown.Length <= 40 ? shown : shown[..40] + "...";
    }
}
