using Rondo.Services.Hosting;

namespace Rondo.Services.Weather;

/// <summary>Section <c>Weather</c> of the configuration.</summary>
internal sealed class WeatherOptions : ICheckedOptions
{
    public const string Section = "Weather";

    /// <summary>
    /// The place of <c>/today</c>, <c>/tomorrow</c>, <c>/forecast</c> and <c>/weather</c>: a name, or
    /// <c>latitude,longitude</c>. None by default; then the fixture answers and no server is asked.
    /// </summary>
    public string? Place { get; set; }

    /// <summary>What to call the place when it is given by coordinates.</summary>
    public string? PlaceName { get; set; }

    /// <summary>Open-Meteo's forecast, or a server that answers in its shape.</summary>
    public string OpenMeteoAddress { get; set; } = "https://api.open-meteo.com/v1/forecast";

    /// <summary>The Locationforecast of the Norwegian Meteorological Institute.</summary>
    public string MetNoAddress { get; set; } = "https://api.met.no/weatherapi/locationforecast/2.0/compact";

    /// <summary>An e-mail or web address at which met.no can reach the operator. It is not asked without one.</summary>
    public string? MetNoContact { get; set; }

    /// <summary>A file of forecasts, read when no server has answered. None by default.</summary>
    public string? File { get; set; }

    /// <summary>For a whole request. Default 3 s, 100 ms to 1 min.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>For one answer of a source, connection included. Default 1.5 s, up to the deadline.</summary>
    public TimeSpan SourceDeadline { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long an answer of a server is used without asking again. Default 10 min, 10 s to 1 h.</summary>
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it is used while no source answers, marked as stale. Default 6 h, up to 1 day.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Calls to each server on one UTC day. Default 5,000, 0 to 1,000,000.</summary>
    public int DailyCalls { get; set; } = 5000;

    public IEnumerable<string> Check()
    {
        foreach (var mistake in CheckPlace())
        {
            yield return mistake;
        }

        foreach (var (name, address) in new[]
        {
            (nameof(OpenMeteoAddress), OpenMeteoAddress), (nameof(MetNoAddress), MetNoAddress),
        })
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || uri.Query.Length > 0)
            {
                yield return $"{name} '{address}' is no http or https address without a query.";
            }
        }

        if (MetNoContact is not null && !IsContact(MetNoContact))
        {
            yield return $"MetNoContact '{MetNoContact}' is no e-mail or web address in plain ASCII.";
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Deadline), Deadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            (nameof(SourceDeadline), SourceDeadline, TimeSpan.FromMilliseconds(50), Deadline),
            (nameof(FreshFor), FreshFor, TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)),
            (nameof(KeepFor), KeepFor, FreshFor, TimeSpan.FromDays(1)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} {value} is not between {least} and {most}.";
            }
        }

        if (DailyCalls is < 0 or > 1_000_000)
        {
            yield return $"DailyCalls {DailyCalls} is not between 0 and 1000000.";
        }
    }

    private IEnumerable<string> CheckPlace()
    {
        if (Place is null)
        {
            if (PlaceName is not null || File is not null)
            {
                yield return $"{(File is null ? nameof(PlaceName) : nameof(File))} needs Place.";
            }

            yield break;
        }

        if (Gazetteer.Resolve(Place) is { Place: null } unknown)
        {
            yield return $"Place '{Place}': {unknown.Reason}";
        }

        if (PlaceName is not null && !WeatherPlace.IsShownName(PlaceName))
        {
            yield return "PlaceName is empty, longer than 100 characters or has control characters.";
        }
    }

    // It becomes part of a header.
    private static bool IsContact(string text) =>
        text.Length is > 3 and <= 200 && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !text.AsSpan().ContainsAny("()\\")
        && (text.Contains('@') || text.StartsWith("http", StringComparison.Ordinal));
}
