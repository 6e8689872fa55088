using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Rondo.Services.Hosting;

namespace Rondo.Services.Weather;

/// <summary>
/// The places that ship with Rondo: the cities that time zones are named after (from the tz database, which is in the
/// public domain) and some two hundred more. Nobody outside is asked where something is.
/// </summary>
internal static class Gazetteer
{
    private const int MostSuggestions = 5;
    private const int LongestText = 100;
    private const int MostKnown = 1000;

    // What was found before, nothing included: the nearest zone and what may have been meant take a walk through the
    // list.
    private static readonly ConcurrentDictionary<string, PlaceFinding> Known = new();

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789+-., eE");

    static Gazetteer()
    {
        using var reader = new StreamReader(EmbeddedFile.Open("places.csv"), Encoding.UTF8);
        reader.ReadLine();
        var places = new List<WeatherPlace>();
        var names = new Dictionary<string, List<WeatherPlace>>();
        while (reader.ReadLine() is { } line)
        {
            var place = Read(line.Split(','), out var aliases);
            places.Add(place);
            foreach (var name in aliases.Prepend(place.Name).Select(PlaceName.Fold).Distinct())
            {
                if (!names.TryGetValue(name, out var same))
                {
                    names[name] = same = [];
                }

                same.Add(place);
            }
        }

        All = places;
        Names = names;
    }

    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<WeatherPlace> All { get; }

    private static Dictionary<string, List<WeatherPlace>> Names { get; }

    /// <summary>
    /// The place that <paramref name="text"/> names: <c>Munich</c>, <c>Springfield, Illinois</c>, <c>Munich, DE</c>, or
    /// <c>48.2,11.6</c>.
    /// </summary>
    public static PlaceFinding Resolve(string text)
    {
        if (text.Length > LongestText)
        {
            return PlaceFinding.Unreadable($"A place has at most {LongestText} characters.");
        }

        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Known.Count >= MostKnown)
        {
            Known.Clear();
        }

        return Known[text] = Find(text);
    }

    private static PlaceFinding Find(string text)
    {
        if (IsNumeric(text))
        {
            return Coordinates(text);
        }

        if (text.AsSpan().Trim().IsEmpty || !text.All(IsNameCharacter))
        {
            return PlaceFinding.Unreadable(
                "A place is a name such as Munich or 'Springfield, Ohio', or latitude,longitude such as 48.2,11.6.");
        }

        var parts = text.Split(',', 2);
        var same = Named(parts[0])
            .Where(p => parts.Length == 1 || IsIn(p, parts[1]))
            .ToList();
        return same switch
        {
            [var one] => PlaceFinding.Found(one),
            [] => new PlaceFinding(
                null, PlaceFailure.Unknown, "There is no such place in the list here.", Suggest(parts[0])),
            _ => new PlaceFinding(
                null, PlaceFailure.Ambiguous, "Several places have that name; add the region.",
                [.. same.Take(MostSuggestions)]),
        };
    }

    /// <summary>Places whose name, or another word of it, begins with <paramref name="text"/>.</summary>
    public static IEnumerable<WeatherPlace> Search(string text)
    {
        var sought = PlaceName.Fold(text);
        return Names.Where(n => n.Key.StartsWith(sought, StringComparison.Ordinal)
                || n.Key.Contains(" " + sought, StringComparison.Ordinal))
            .OrderBy(n => !n.Key.StartsWith(sought, StringComparison.Ordinal))
            .ThenBy(n => n.Key, StringComparer.Ordinal)
            .SelectMany(n => n.Value).Distinct();
    }

    /// <summary>The zone of the place in the list that is nearest: bare coordinates have no other calendar.</summary>
    public static string ZoneNear(decimal latitude, decimal longitude) =>
        All.MinBy(p => p.KilometresTo((double)latitude, (double)longitude))!.Zone.Id;

    private static List<WeatherPlace> Named(string name) => Names.GetValueOrDefault(PlaceName.Fold(name)) ?? [];

    private static bool IsIn(WeatherPlace place, string region)
    {
        var sought = region.Split(',').Select(PlaceName.Fold).Where(s => s.Length > 0);
        var known = new[] { place.Region, place.CountryCode, place.Country }
            .Where(k => !string.IsNullOrEmpty(k)).Select(k => PlaceName.Fold(k!)).ToList();
        return sought.All(known.Contains);
    }

    // What has nothing but digits and their punctuation is meant as coordinates, right or wrong.
    private static bool IsNumeric(string text) =>
        text.AsSpan().ContainsAnyInRange('0', '9')
        && text.Replace("NaN", "0", StringComparison.OrdinalIgnoreCase).AsSpan().IndexOfAnyExcept(NumberCharacters) < 0;

    private static PlaceFinding Coordinates(string text)
    {
        var parts = text.Split(',');
        if (parts.Length != 2
            || Degrees(parts[0], 90) is not { } latitude || Degrees(parts[1], 180) is not { } longitude)
        {
            return PlaceFinding.Unreadable(
                "Coordinates are latitude,longitude in degrees with decimal points, such as 48.2,11.6: "
                    + "from -90 to 90 and from -180 to 180.");
        }

        return PlaceFinding.Found(At(latitude, longitude, null));
    }

    /// <summary>A place by its coordinates alone.</summary>
    public static WeatherPlace At(decimal latitude, decimal longitude, string? name)
    {
        var shown = WeatherPlace.Text(WeatherPlace.Rounded(latitude), WeatherPlace.Rounded(longitude));
        return new WeatherPlace(
            "at_" + shown.Replace('.', '_').Replace(',', '/'), name ?? shown, latitude, longitude,
            ZoneNear(latitude, longitude))
        {
            IsNamed = name is not null,
        };
    }

    private static decimal? Degrees(string text, int most) =>
        decimal.TryParse(
            text.AsSpan().Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var degrees)
        && Math.Abs(degrees) <= most
            ? degrees
            : null;

    private static bool IsNameCharacter(char c) =>
        char.IsLetter(c) || char.IsAsciiDigit(c) || " -'’.,()&_".Contains(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark;

    private static List<WeatherPlace> Suggest(string name)
    {
        var sought = PlaceName.Fold(name);
        var most = Math.Max(1, sought.Length / 3);
        return Names
            .Where(n => Math.Abs(n.Key.Length - sought.Length) <= most)
            .Select(n => (n.Value, Distance: PlaceName.Distance(sought, n.Key)))
            .Where(n => n.Distance <= most)
            .OrderBy(n => n.Distance)
            .SelectMany(n => n.Value)
            .Distinct()
            .Take(MostSuggestions)
            .ToList();
    }

    private static WeatherPlace Read(string[] field, out string[] aliases)
    {
        aliases = field[7].Split(';', StringSplitOptions.RemoveEmptyEntries);
        var id = PlaceName.Fold($"{field[0]} {field[1]} {field[2]}").Replace(' ', '-');
        return new WeatherPlace(id, field[0], Number(field[4]), Number(field[5]), field[6])
        {
            Region = field[1].Length == 0 ? null : field[1],
            CountryCode = field[2],
            Country = field[3],
        };

        static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }
}
