using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Weather.Sources;

/// <summary>Reads values out of a source's JSON; what is impossible on Earth is refused, not passed on.</summary>
internal static class WeatherDocument
{
    public const int MostBytes = 1024 * 1024;

    /// <summary>
    /// How far the place of an answer may lie from the one asked for: models answer for the middle of a cell of up to
    /// 25 km, on the sea or land side.
    /// </summary>
    public const double MostKilometresOff = 50;

    private const int LongestQuote = 60;

    /// <summary>Parses and reads, so that every failure of either is the one exception.</summary>
    public static T Read<T>(byte[] document, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 16 });
            return json.RootElement.ValueKind is JsonValueKind.Object
                ? read(json.RootElement)
                : throw new WeatherFormatException("The JSON is no object.");
        }
        catch (JsonException error)
        {
            throw new WeatherFormatException($"This is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // A member of another type than expected, or a text that is no Unicode.
            throw new WeatherFormatException("A member of the JSON has another type than it should have.", error);
        }
    }

    public static JsonElement Member(this JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw new WeatherFormatException($"The JSON has no member '{name}'.");

    /// <summary>A member that may be missing.</summary>
    public static JsonElement? Value(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A number within its physical range; null where the source has none.</summary>
    public static decimal? Number(JsonElement? value, string name, decimal least, decimal most)
    {
        if (value is not { } given || given.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        return given.ValueKind is JsonValueKind.Number && given.TryGetDecimal(out var number)
            && number >= least && number <= most
            ? number
            : throw new WeatherFormatException(
                $"{Shorten(given.GetRawText())} is no {name}: one lies between {least} and {most}.");
    }

    public static decimal? Number(this JsonElement parent, string member, string name, decimal least, decimal most) =>
        Number(parent.Value(member), name, least, most);

    public static decimal? Temperature(JsonElement? value) => Number(value, "temperature", -100, 70);

    public static int? Code(JsonElement? value) =>
        Number(value, "weather code", 0, 99) is { } code ? WeatherCode.Find((int)code)?.Code : null;

    public static DateOnly Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw new WeatherFormatException($"'{Shorten(text ?? "null")}' is no date.");

    public static DateTimeOffset Instant(string? text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFZ", "yyyy-MM-ddTHH:mm:sszzz"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : throw new WeatherFormatException($"'{Shorten(text ?? "null")}' is no time in UTC.");

    /// <exception cref="WeatherFormatException">The answer is about somewhere else.</exception>
    public static void CheckPlace(WeatherPlace asked, decimal? latitude, decimal? longitude)
    {
        if (latitude is null || longitude is null)
        {
            throw new WeatherFormatException("The answer does not say which place it is about.");
        }

        var off = asked.KilometresTo((double)latitude, (double)longitude);
        if (off > MostKilometresOff)
        {
            throw new WeatherFormatException(
                $"The answer is about {WeatherPlace.Text(latitude.Value, longitude.Value)}, "
                    + string.Create(CultureInfo.InvariantCulture, $"{off:0} km from the place that was asked for."));
        }
    }

    public static void CheckUnit(JsonElement units, string member, params ReadOnlySpan<string> expected)
    {
        var unit = units.Member(member).GetString();
        if (!expected.Contains(unit))
        {
            throw new WeatherFormatException(
                $"'{member}' comes in '{Shorten(unit ?? "null")}', not in '{expected[0]}'.");
        }
    }

    public static string Shorten(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
}
