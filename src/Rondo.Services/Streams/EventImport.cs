using System.Text;
using System.Text.Json;

namespace Rondo.Services.Streams;

/// <summary>Where an import puts what it reads: a store that is empty, inside one transaction.</summary>
internal interface IImportTarget
{
    /// <summary>Returns the number that stands for the stream in the other calls. Times are in milliseconds.</summary>
    long AddStream(string name, long first, long last, long at);

    void AddEvent(long stream, long seq, long at, string type, byte[] data, string? key);

    void AddSnapshot(long stream, long seq, long at, byte[] state);

    void AddKey(long stream, string sender, string key, UsedKey used);
}

/// <summary>Takes over an export line by line, and only what its manifest announces.</summary>
internal sealed class EventImport(IImportTarget target)
{
    public const string NotEmpty = "An export is imported into an empty store only, and this one is not.";

    private readonly Dictionary<string, Announced> _streams = [];
    private bool _hasManifest;
    private long _snapshots;
    private long _keys;
    private long _line;

    public ulong Epoch { get; private set; }

    public long Events { get; private set; }

    /// <exception cref="InvalidDataException">The line is not what the manifest announces.</exception>
    public void Add(string line)
    {
        _line++;
        try
        {
            TakeOver(line);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or FormatException
            or InvalidDataException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw new InvalidDataException($"Line {_line} of the export cannot be taken over: {error.Message}", error);
        }
    }

    /// <summary>Compares what has come with what was announced.</summary>
    public void Finish()
    {
        var missing = _streams.Values.FirstOrDefault(s => s.Next != s.Last + 1);
        if (!_hasManifest || missing is not null || _snapshots != 0 || _keys != 0)
        {
            throw new InvalidDataException(
                !_hasManifest ? "The export is empty."
                : missing is not null
                    ? $"The export ends before event {missing.Next} of '{missing.Name}': it is not whole."
                : "The export has not the number of snapshots or keys that it announces: it is not whole.");
        }
    }

    private void TakeOver(string line)
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
                target.AddSnapshot(
                    stream.Id, Seq(json), Milliseconds(json), json.GetProperty("state").GetBytesFromBase64());
                _snapshots--;
                break;
            case "key":
                target.AddKey(
                    stream.Id, json.GetProperty("sender").GetString()!, json.GetProperty("key").GetString()!,
                    new UsedKey(Seq(json), Milliseconds(json), json.GetProperty("hash").GetBytesFromBase64()));
                _keys--;
                break;
            case var kind:
                throw new InvalidDataException($"'{kind}' is none of event, snapshot, key");
        }
    }

    private void ReadManifest(JsonElement json)
    {
        if (json.GetProperty("format").GetString() != ArchiveLines.Format
            || json.GetProperty("version").GetInt32() != ArchiveLines.Version
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

            var at = Milliseconds(stream);
            _streams.Add(name, new Announced(name, target.AddStream(name, first, last, at), last) { Next = first });
        }

        _hasManifest = true;
    }

    private void AddEvent(Announced stream, JsonElement json)
    {
        var (seq, at) = (Seq(json), Milliseconds(json));
        if (seq != stream.Next || seq > stream.Last || at < stream.At)
        {
            throw new InvalidDataException(
                $"event {seq} of '{stream.Name}' stands where {stream.Next} should, or is older than the one before");
        }

        var type = json.GetProperty("type").GetString()!;
        if (!StreamLimits.IsType(type))
        {
            throw new InvalidDataException($"'{type}' is no type");
        }

        var data = StreamLimits.OneLine(Encoding.UTF8.GetBytes(json.GetProperty("data").GetRawText()));
        var key = json.TryGetProperty("key", out var given) ? given.GetString() : null;
        target.AddEvent(stream.Id, seq, at, type, data, key);
        (stream.Next, stream.At) = (seq + 1, at);
        Events++;
    }

    private static long Seq(JsonElement json) => json.GetProperty("seq").GetInt64();

    private static long Milliseconds(JsonElement json) =>
        StreamJson.Instant(json.GetProperty("at").GetString()!).ToUnixTimeMilliseconds();

    /// <summary>A stream of the manifest and how far it has come.</summary>
    private sealed class Announced(string name, long id, long last)
    {
        public string Name { get; } = name;

        public long Id { get; } = id;

        public long Last { get; } = last;

        public long Next { get; set; }

        /// <summary>The time of the newest event so far.</summary>
        public long At { get; set; }
    }
}
