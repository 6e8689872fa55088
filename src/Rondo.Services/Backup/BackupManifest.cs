using System.Text.Json;
using Rondo.Services.Streams;

namespace Rondo.Services.Backup;

/// <summary>A part of an archive.</summary>
/// <param name="Name">One of <see cref="BackupParts"/>.</param>
/// <param name="Bytes">Its size, not compressed.</param>
/// <param name="Hash">SHA-256, hexadecimal in lower case.</param>
internal sealed record BackupPart(string Name, long Bytes, string Hash);

/// <summary>What an archive says about itself, as <c>manifest.json</c>.</summary>
/// <param name="Rondo">The version that wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Engine">Where the events were: <c>sqlite</c> or <c>postgresql</c>.</param>
/// <param name="Schemas">The version of each room's tables.</param>
/// <param name="Epoch">The history that the events belong to.</param>
/// <param name="Streams">What there is of each stream.</param>
/// <param name="Parts">The other entries of the archive, all of them.</param>
internal sealed record BackupManifest(
    string Rondo,
    DateTimeOffset At,
    string Engine,
    IReadOnlyDictionary<string, int> Schemas,
    ulong Epoch,
    IReadOnlyList<StreamHead> Streams,
    IReadOnlyList<BackupPart> Parts)
{
    public const string Format = "rondo-backup";
    public const int Version = 1;

    public const int MostBytes = 16 * 1024 * 1024;

    public void Write(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rondo", Rondo);
        json.WriteString("at", StreamJson.Text(At));
        json.WriteString("engine", Engine);
        json.WriteString("epoch", StreamCursor.Format(Epoch));
        json.WriteStartObject("schemas");
        foreach (var (room, version) in Schemas.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(room, version);
        }

        json.WriteEndObject();
        json.WriteStartArray("streams");
        foreach (var stream in Streams)
        {
            json.WriteStartObject();
            json.WriteString("stream", stream.Stream);
            json.WriteNumber("first", stream.First);
            json.WriteNumber("last", stream.Last);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var part in Parts)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteString("sha256", part.Hash);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">It is none, or one of a newer Rondo.</exception>
    public static BackupManifest Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException
            or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"its {BackupParts.Manifest} is none: {error.Message}", error);
        }
    }

    private static BackupManifest Read(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty("format", out var format)
            || format.ValueKind is not JsonValueKind.String || format.GetString() != Format)
        {
            throw new InvalidDataException($"its {BackupParts.Manifest} is that of another program");
        }

        var rondo = json.GetProperty("rondo").GetString()!;
        if (json.GetProperty("version").GetInt32() is var version and not Version)
        {
            throw new InvalidDataException(
                $"it has format {version}, and this Rondo knows {Version}: use Rondo {rondo}");
        }

        if (!StreamCursor.TryParseEpoch(json.GetProperty("epoch").GetString(), out var epoch))
        {
            throw new InvalidDataException($"its {BackupParts.Manifest} names no epoch");
        }

        return new BackupManifest(
            rondo,
            StreamJson.Instant(json.GetProperty("at").GetString()!),
            json.GetProperty("engine").GetString()!,
            json.GetProperty("schemas").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetInt32()),
            epoch,
            [.. json.GetProperty("streams").EnumerateArray().Select(s => new StreamHead(
                s.GetProperty("stream").GetString()!, s.GetProperty("first").GetInt64(),
                s.GetProperty("last").GetInt64(), epoch))],
            [.. json.GetProperty("files").EnumerateArray().Select(f => new BackupPart(
                f.GetProperty("name").GetString()!, f.GetProperty("bytes").GetInt64(),
                f.GetProperty("sha256").GetString()!))]);
    }
}
