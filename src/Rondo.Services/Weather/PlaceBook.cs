using Rondo.Services.Weather.Sources;

namespace Rondo.Services.Weather;

/// <summary>What the process was started with.</summary>
/// <param name="Offline">Ask no server.</param>
/// <param name="IsFixture">Answer with the fixture even if a place is configured.</param>
internal sealed record WeatherSetup(bool Offline, bool IsFixture);

/// <summary>
/// Which place a text means here: one that somebody saved, coordinates, or one of the list; and which one is meant
/// without a text. While the fixture answers there is its place alone.
/// </summary>
internal sealed class PlaceBook(WeatherSetup setup, Func<WeatherOptions> options, WeatherStore? store)
{
    private const int MostSaved = 1000;
    private const int LongestId = 40;

    private readonly Lock _gate = new();
    private volatile Dictionary<string, WeatherPlace> _saved =
        (store?.LoadPlaces() ?? []).ToDictionary(p => p.Id, StringComparer.OrdinalIgnoreCase);

    private Tuple<string?, string?, WeatherPlace>? _default;

    /// <summary>Whether the weather here is invented.</summary>
    public bool IsFixture => setup.IsFixture || options().Place is null;

    /// <summary>Whether servers may be asked.</summary>
    public bool AsksServers => !setup.Offline && !IsFixture;

    public IReadOnlyCollection<WeatherPlace> Saved => _saved.Values;

    public WeatherPlace Default
    {
        get
        {
            if (IsFixture)
            {
                return FixtureSource.Place;
            }

            var settings = options();
            var known = Volatile.Read(ref _default);
            if (known is null || known.Item1 != settings.Place || known.Item2 != settings.PlaceName)
            {
                var found = Gazetteer.Resolve(settings.Place!).Place!;
                var place = settings.PlaceName is { } name
                    ? Gazetteer.At(found.Latitude, found.Longitude, name)
                    : found;
                known = Tuple.Create(settings.Place, settings.PlaceName, place);
                Volatile.Write(ref _default, known);
            }

            return known.Item3;
        }
    }

    public PlaceFinding Resolve(string text)
    {
        if (!IsFixture && _saved.TryGetValue(text, out var saved))
        {
            return PlaceFinding.Found(saved);
        }

        var found = Gazetteer.Resolve(text);
        if (IsFixture && found.Failure is not PlaceFailure.Unreadable && found.Place?.Key != FixtureSource.Place.Key)
        {
            return new PlaceFinding(
                null, PlaceFailure.Unknown,
                "No place is configured (Weather:Place), so there is invented weather of Munich alone.",
                [FixtureSource.Place]);
        }

        // The default place keeps the name that it was given.
        return found.Place?.Key == Default.Key && !IsFixture && found.Place is { IsNamed: false }
            ? PlaceFinding.Found(Default)
            : found;
    }

    /// <summary>Saved places first, then those of the list.</summary>
    public IEnumerable<WeatherPlace> Search(string text) => IsFixture
        ? Gazetteer.Search(text).Where(p => p.Key == FixtureSource.Place.Key)
        : _saved.Values.Where(p => PlaceName.Fold(p.Name).StartsWith(PlaceName.Fold(text), StringComparison.Ordinal))
            .Concat(Gazetteer.Search(text));

    /// <summary>What is wrong with saving the place, or null once it is saved.</summary>
    public string? Save(WeatherPlace place)
    {
        using var scope = _gate.EnterScope();
        if (_saved.Count >= MostSaved && !_saved.ContainsKey(place.Id))
        {
            return $"There are {MostSaved} saved places already.";
        }

        store?.SavePlace(place);
        _saved = new Dictionary<string, WeatherPlace>(_saved, StringComparer.OrdinalIgnoreCase) { [place.Id] = place };
        return null;
    }

    public bool Delete(string id)
    {
        using var scope = _gate.EnterScope();
        var rest = new Dictionary<string, WeatherPlace>(_saved, StringComparer.OrdinalIgnoreCase);
        if (!rest.Remove(id))
        {
            return false;
        }

        store?.DeletePlace(id);
        _saved = rest;
        return true;
    }

    /// <summary>Lower case letters, digits, hyphens: an address, and part of the name of a stream.</summary>
    public static bool IsId(string id) =>
        id.Length is > 0 and <= LongestId && char.IsAsciiLetterLower(id[0])
        && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-')
        && id is not ("places" or "upstreams");
}
