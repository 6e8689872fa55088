using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>What the talks' page sends: a number that is no level, and the name of a room.</summary>
internal sealed record LegacyFrame(double Value, string Name)
{
    public const int MostBytes = 1024;

    private const double HighestValue = 255;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>The frame; null when it is none.</summary>
    public static LegacyFrame? Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Object
                && root.TryGetProperty("value", out var value) && value.ValueKind is JsonValueKind.Number
                && value.TryGetDouble(out var number) && number is >= 0 and <= HighestValue
                && root.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String
                && NoiseName.IsText(name.GetString()!)
                    ? new LegacyFrame(number, name.GetString()!)
                    : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>As the page reads it.</summary>
    public byte[] ToJson() => StreamJson.Object(json =>
    {
        json.WriteNumber("value", Value);
        json.WriteString("name", Name);
    });

    /// <summary>The id of the room with that name.</summary>
    public string RoomId()
    {
        var slug = string.Concat(Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return "legacy-" + (slug.Length > 30 ? slug[..30] : slug.Length > 0 ? slug : "room");
    }
}
