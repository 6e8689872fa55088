using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Currency.Sources;

/// <summary>
/// The shape of fixer.io, which many servers share: <c>{"base":"EUR","date":"2026-11-20","rates":{"USD":1.22}}</c>.
/// Only <c>rates</c> is needed; the base is then the euro and the date today. Another base works if the euro is among
/// the rates.
/// </summary>
internal static class FixerJson
{
    /// <exception cref="RateFormatException">
    /// The document has another shape, says that it failed, or holds an impossible rate.
    /// </exception>
    public static List<RateDay> Parse(byte[] document, RateOrigin origin, DateOnly today)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = 8 });
            return [Day(json.RootElement, origin, today)];
        }
        catch (JsonException error)
        {
            throw new RateFormatException($"This is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // The parser looks into a text only when asked for it.
            throw new RateFormatException("A text in the JSON is no Unicode.", error);
        }
        catch (OverflowException error)
        {
            throw new RateFormatException("The rates lie too far apart to be turned into rates of the euro.", error);
        }
    }

    private static RateDay Day(JsonElement root, RateOrigin origin, DateOnly today)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("rates", out var rates)
            || rates.ValueKind is not JsonValueKind.Object)
        {
            var said = root.ValueKind is JsonValueKind.Object && root.TryGetProperty("error", out var error)
                ? $" It says: {RateDayBuilder.Shorten(error.GetRawText())}"
                : "";
            throw new RateFormatException("The JSON has no object 'rates'." + said);
        }

        var day = new RateDayBuilder(Date(root, today), origin);
        var baseCode = Base(root);
        var unitsOfBasePerEuro = UnitsPerEuro(baseCode, rates);
        foreach (var rate in rates.EnumerateObject())
        {
            day.Add(rate.Name, Number(rate.Name, rate.Value) * unitsOfBasePerEuro);
        }

        if (!baseCode.Equals("EUR", StringComparison.OrdinalIgnoreCase) && !rates.TryGetProperty(baseCode, out _))
        {
            day.Add(baseCode, unitsOfBasePerEuro);
        }

        return day.Build() ?? throw new RateFormatException("The JSON holds no rate of a known currency.");
    }

    private static string Base(JsonElement root) =>
        !root.TryGetProperty("base", out var named) || named.ValueKind is JsonValueKind.Null ? "EUR"
        : named.ValueKind is JsonValueKind.String ? named.GetString()!
        : throw new RateFormatException($"{RateDayBuilder.Shorten(named.GetRawText())} is not a base.");

    private static decimal UnitsPerEuro(string baseCode, JsonElement rates)
    {
        if (baseCode.Equals("EUR", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        return rates.TryGetProperty("EUR", out var euro) && Number("EUR", euro) is > 0 and var perBase
            ? Money.RoundRate(1 / perBase, 12)
            : throw new RateFormatException(
                $"The base is '{RateDayBuilder.Shorten(baseCode)}' and the euro is not among the rates, "
                    + "so they cannot be used.");
    }

    private static decimal Number(string code, JsonElement value) =>
        value.ValueKind is JsonValueKind.Number
            && value.TryGetDecimal(out var number) && Math.Abs(number) < 1_000_000_000_000m
            ? number
            : throw new RateFormatException(
                $"{RateDayBuilder.Shorten(value.GetRawText())} is not a rate of {RateDayBuilder.Shorten(code)}.");

    private static DateOnly Date(JsonElement root, DateOnly today)
    {
        if (!root.TryGetProperty("date", out var date))
        {
            return today;
        }

        return date.ValueKind is JsonValueKind.String
            && DateOnly.TryParseExact(
                date.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            ? parsed
            : throw new RateFormatException($"{RateDayBuilder.Shorten(date.GetRawText())} is not a date.");
    }
}
