using System.Collections.Concurrent;
using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Sources;

/// <summary>
/// The Norwegian Meteorological Institute, by its terms: it learns whom to reach, gets coordinates of at most four
/// decimals, and is not asked again before the time that its answer names, and then only whether anything has changed.
/// </summary>
internal sealed class MetNoSource(
    OutboundHttp http, Func<WeatherOptions> options, Func<bool> isAsked, TimeProvider time) : IWeatherSource
{
    private const int MostHeld = 1000;

    /// <summary>It names half an hour; a clock that is wrong there must not keep us from asking for days.</summary>
    private static readonly TimeSpan LongestExpiry = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<(decimal, decimal), Document> _documents = new();

    public string Name => WeatherSourceName.MetNo;

    public WeatherSourceKind Kind => WeatherSourceKind.Server;

    public string Location => OutboundHttp.Name(new Uri(options().MetNoAddress));

    public bool Serves(WeatherPlace place) => isAsked() && options().MetNoContact is not null;

    public bool NeedsCall(WeatherPlace place) =>
        !_documents.TryGetValue(place.Key, out var held) || time.GetUtcNow() >= held.Expires;

    public IEnumerable<WeatherParts> Calls(WeatherParts due) => [due];

    public async Task<WeatherReading> FetchAsync(WeatherPlace place, WeatherParts parts, CancellationToken cancellation)
    {
        _documents.TryGetValue(place.Key, out var held);
        if (held is null || time.GetUtcNow() >= held.Expires)
        {
            held = await AskAsync(place, held, cancellation);
        }

        return MetNoJson.Parse(held.Body, place, held.AsOf, time.GetUtcNow());
    }

    private async Task<Document> AskAsync(WeatherPlace place, Document? held, CancellationToken cancellation)
    {
        var settings = options();
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.MetNoAddress + string.Create(
            CultureInfo.InvariantCulture, $"?lat={place.Latitude:0.####}&lon={place.Longitude:0.####}"));
        request.Headers.TryAddWithoutValidation("User-Agent", $"{OutboundHttp.Agent} {settings.MetNoContact}");
        var answer = await http.GetAsync(
            request, held?.Validators ?? default, settings.SourceDeadline, WeatherDocument.MostBytes, cancellation);
        var now = time.GetUtcNow();
        var document = new Document(
            answer.Body ?? held?.Body
                ?? throw new WeatherFormatException("The server says that nothing has changed since never."),
            answer.Validators,
            answer.Expires is not { } named ? now : named < now + LongestExpiry ? named : now + LongestExpiry,
            now);

        // Only what can be read is kept: a bad document must not come back until it expires.
        MetNoJson.Parse(document.Body, place, now, now);
        if (_documents.Count >= MostHeld)
        {
            _documents.Clear();
        }

        _documents[place.Key] = document;
        return document;
    }

    private sealed record Document(
        byte[] Body, OutboundHttp.Validators Validators, DateTimeOffset Expires, DateTimeOffset AsOf);
}
