using System.Text;
using System.Text.Json;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>Takes over an export line by line, and only what its manifest announces.</summary>
internal sealed class EventImport(EventTables tables)
{
    private readonly Dictionary<string, Announced> _streams = [];
    private bool _hasManifest;
    private long _snapshots;
    private long _keys;

    public ulong Epoch { get; private set; }

    public long Events { get; private set; }

    public void Add(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        if (!_hasManifest)
        {
            ReadManifest(json);
            return;
        }

        var name = json.GetProperty("stream").GetString()!;
        var stream = _streams.GetValueOrDefault(name)
            ?? throw new InvalidDataException($"the manifest has no stream '{name}'");
        switch (json.GetProperty("kind").GetString())
        {
            case "event":
                AddEvent(stream, json);
                break;
            case "snapshot":
                tables.Execute(
                    "INSERT INTO snapshots VALUES ($1, $2, $3, $4)",
                    stream.State.Id, Seq(json), Milliseconds(json), json.GetProperty("state").GetBytesFromBase64());
                _snapshots--;
                break;
            case "key":
                tables.AddKey(
                    stream.State, json.GetProperty("sender").GetString()!, json.GetProperty("key").GetString()!,
                    Seq(json), Milliseconds(json), json.GetProperty("hash").GetBytesFromBase64());
                _keys--;
                break;
            case var kind:
                throw new InvalidDataException($"'{kind}' is none of event, snapshot, key");
        }
    }

    /// <summary>Compares what has come with what was announced.</summary>
    public void Finish()
    {
        var missing = _streams.Values.FirstOrDefault(s => s.Next != s.State.Last + 1);
        if (!_hasManifest || missing is not null || _snapshots != 0 || _keys != 0)
        {
            throw new InvalidDataException(
                !_hasManifest ? "The export is empty."
                : missing is not null
                    ? $"The export ends before event {missing.Next} of '{missing.State.Name}': it is not whole."
                : "The export has not the number of snapshots or keys that it announces: it is not whole.");
        }
    }

    private void ReadManifest(JsonElement json)
    {
        if (json.GetProperty("format").GetString() != EventArchive.Format
            || json.GetProperty("version").GetInt32() != EventArchive.Version
            || !StreamCursor.TryParseEpoch(json.GetProperty("epoch").GetString(), out var epoch))
        {
            throw new InvalidDataException("it is no manifest of an export that this version knows");
        }

        Epoch = epoch;
        _snapshots = json.GetProperty("snapshots").GetInt64();
        _keys = json.GetProperty("keys").GetInt64();
        foreach (var stream in json.GetProperty("streams").EnumerateArray())
        {
            var name = stream.GetProperty("stream").GetString()!;
            StreamLimits.CheckName(name);
            var (first, last) = (stream.GetProperty("first").GetInt64(), stream.GetProperty("last").GetInt64());
            if (first < 1 || last < first - 1)
            {
                throw new InvalidDataException($"'{name}' cannot reach from {first} to {last}");
            }

            var id = tables.Scalar(
                "INSERT INTO streams (name, first, last, at) VALUES ($1, $2, $3, $4) RETURNING id",
                name, first, last, Milliseconds(stream))!.Value;
            _streams.Add(name, new Announced(new EventTables.StreamState(id, name) { First = first, Last = last })
            {
                Next = first,
            });
        }

        _hasManifest = true;
    }

    private void AddEvent(Announced stream, JsonElement json)
    {
        var (seq, at) = (Seq(json), Milliseconds(json));
        if (seq != stream.Next || seq > stream.State.Last || at < stream.State.At)
        {
            throw new InvalidDataException(
                $"event {seq} of '{stream.State.Name}' stands where {stream.Next} should, or is older than the one before");
        }

        var type = json.GetProperty("type").GetString()!;
        if (!StreamLimits.IsType(type))
        {
            throw new InvalidDataException($"'{type}' is no type");
        }

        var data = StreamLimits.OneLine(Encoding.UTF8.GetBytes(json.GetProperty("data").GetRawText()));
        var key = json.TryGetProperty("key", out var given) ? given.GetString() : null;
        tables.Execute(
            "INSERT INTO events (id, at, type, data, key) VALUES ($1, $2, $3, $4, $5)",
            EventQueries.Row(stream.State.Id, seq), at, type, data, key);
        (stream.Next, stream.State.At) = (seq + 1, at);
        Events++;
    }

    private static long Seq(JsonElement json) => json.GetProperty("seq").GetInt64();

    private static long Milliseconds(JsonElement json) =>
        StreamJson.Instant(json.GetProperty("at").GetString()!).ToUnixTimeMilliseconds();

    /// <summary>A stream of the manifest and how far it has come.</summary>
    private sealed class Announced(EventTables.StreamState state)
    {
        public EventTables.StreamState State { get; } = state;

        public long Next { get; set; }
    }
}
