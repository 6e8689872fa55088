using System.Globalization;
using System.Text.Json;

namespace Rondo.Services.Currency;

/// <summary>A conversion as JSON, the same from the service and from the command line.</summary>
internal static class ConversionJson
{
    /// <param name="json">Receives one object.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="conversion">The answer.</param>
    /// <param name="stale">Whether newer rates should have arrived.</param>
    /// <param name="nextUpdate">When the next rates are expected; null when nobody asks for them.</param>
    /// <param name="numbers">Plain numbers; strings otherwise, so that a reader of doubles loses no digits.</param>
    public static void Write(
        Utf8JsonWriter json,
        in ConversionRequest request,
        in Conversion conversion,
        bool stale,
        DateTimeOffset? nextUpdate,
        bool numbers)
    {
        json.WriteStartObject();
        json.WriteString("from", request.From.Code);
        json.WriteString("to", request.To.Code);
        Write(json, "amount", request.Amount.Value, null, numbers);
        int? decimals = request.Rounding is MoneyRounding.None ? null : request.To.MinorUnits;
        Write(json, "result", conversion.Result, decimals, numbers);
        Write(json, "rate", conversion.Rate, null, numbers);
        json.WriteString("rate_date", conversion.RateDate.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("requested_date", request.Date?.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("source", conversion.Origin.Label());
        json.WriteBoolean("stale", stale);
        json.WriteString(
            "next_update", nextUpdate?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, decimal value, int? decimals, bool asNumber)
    {
        Span<byte> text = stackalloc byte[64];
        int length;
        if (decimals is { } places)
        {
            value.TryFormat(text, out length, "F" + places, CultureInfo.InvariantCulture);
        }
        else
        {
            length = Money.Format(value, text);
        }

        json.WritePropertyName(name);
        if (asNumber)
        {
            json.WriteRawValue(text[..length]);
        }
        else
        {
            json.WriteStringValue(text[..length]);
        }
    }
}
