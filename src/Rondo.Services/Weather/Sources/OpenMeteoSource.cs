using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Sources;

/// <summary>
/// Open-Meteo: one call for the present and one for the days, so that either is there without the other.
/// </summary>
internal sealed class OpenMeteoSource(
    OutboundHttp http, Func<WeatherOptions> options, Func<bool> isAsked, TimeProvider time) : IWeatherSource
{
    public string Name => WeatherSourceName.OpenMeteo;

    public WeatherSourceKind Kind => WeatherSourceKind.Server;

    public string Location => OutboundHttp.Name(new Uri(options().OpenMeteoAddress));

    public bool Serves(WeatherPlace place) => isAsked();

    public bool NeedsCall(WeatherPlace place) => true;

    public IEnumerable<WeatherParts> Calls(WeatherParts due) =>
        new[] { WeatherParts.Now, WeatherParts.Days }.Where(part => due.HasFlag(part));

    public async Task<WeatherReading> FetchAsync(WeatherPlace place, WeatherParts parts, CancellationToken cancellation)
    {
        var settings = options();
        var url = new Uri(settings.OpenMeteoAddress + Query(place, parts));
        var answer = await http.GetAsync(
            url, default, settings.SourceDeadline, WeatherDocument.MostBytes, cancellation);

        // Without validators a server has no reason to send a 304.
        var body = answer.Body
            ?? throw new WeatherFormatException("The server says that nothing has changed since never.");
        return OpenMeteoJson.Parse(body, place, parts, time.GetUtcNow());
    }

    private static string Query(WeatherPlace place, WeatherParts parts)
    {
        var wanted = parts is WeatherParts.Now
            ? "current=" + string.Join(',', OpenMeteoJson.Present.All)
            : "daily=" + string.Join(',', OpenMeteoJson.Daily.All) + "&forecast_days=" + (ForecastView.MostDays + 1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"?latitude={place.Latitude:0.####}&longitude={place.Longitude:0.####}"
                + $"&timezone={Uri.EscapeDataString(place.ZoneName)}&{wanted}");
    }
}
