using System.Buffers;
using System.Text.Json;

namespace Rondo.Services.Streams;

/// <summary>
/// The lines of an export: a manifest that says what follows, then events, snapshots and keys, a JSON object each.
/// </summary>
internal sealed class ArchiveLines
{
    public const string Format = "rondo-streams";
    public const int Version = 1;

    private const int Block = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(Block);

    /// <summary>What a manifest says of a stream.</summary>
    internal readonly record struct AnnouncedStream(string Name, long First, long Last, DateTimeOffset At);

    /// <summary>Whether there is so much that it should be sent.</summary>
    public bool IsFull => _buffer.WrittenCount >= Block;

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Text => _buffer.WrittenMemory;

    public void Clear() => _buffer.ResetWrittenCount();

    public void AddManifest(ulong epoch, long snapshots, long keys, IEnumerable<AnnouncedStream> streams) => Add(json =>
    {
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("epoch", StreamCursor.Format(epoch));
        json.WriteNumber("snapshots", snapshots);
        json.WriteNumber("keys", keys);
        json.WriteStartArray("streams");
        foreach (var stream in streams)
        {
            json.WriteStartObject();
            json.WriteString("stream", stream.Name);
            json.WriteNumber("first", stream.First);
            json.WriteNumber("last", stream.Last);
            json.WriteString("at", StreamJson.Text(stream.At));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public void AddEvent(StreamEvent written) => Add(json =>
    {
        json.WriteString("kind", "event");
        json.WriteString("stream", written.Stream);
        StreamJson.WriteMembers(json, written);
    });

    public void AddSnapshot(StreamSnapshot written) => Add(json =>
    {
        WritePlace(json, "snapshot", written.Stream, written.Seq, written.At);
        json.WriteBase64String("state", written.State.Span);
    });

    public void AddKey(string stream, string sender, string key, UsedKey used) => Add(json =>
    {
        WritePlace(json, "key", stream, used.Seq, DateTimeOffset.FromUnixTimeMilliseconds(used.At));
        json.WriteString("sender", sender);
        json.WriteString("key", key);
        json.WriteBase64String("hash", used.Hash);
    });

    private static void WritePlace(Utf8JsonWriter json, string kind, string stream, long seq, DateTimeOffset at)
    {
        json.WriteString("kind", kind);
        json.WriteString("stream", stream);
        json.WriteNumber("seq", seq);
        json.WriteString("at", StreamJson.Text(at));
    }

    private void Add(Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(_buffer, StreamJson.Readable))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        _buffer.Write("\n"u8);
    }
}
