using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rondo.Services.Streams;

/// <summary>The JSON form of an event, the same in pages, on sockets and in exports.</summary>
internal static class StreamJson
{
    // What we write is never read as HTML.
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Writes the members of an event into an object that the caller has begun.</summary>
    public static void WriteMembers(Utf8JsonWriter json, StreamEvent written)
    {
        json.WriteNumber("seq", written.Seq);
        json.WriteString("at", Text(written.At));
        json.WriteString("type", written.Type);
        json.WritePropertyName("data");
        json.WriteRawValue(written.Data.Span, skipInputValidation: true);
        if (written.Key is not null)
        {
            json.WriteString("key", written.Key);
        }
    }

    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    public static DateTimeOffset Instant(string text) => DateTimeOffset.ParseExact(
        text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
