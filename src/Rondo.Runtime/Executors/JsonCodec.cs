using System.Text.Json;

namespace Rondo.Runtime.Executors;

/// <summary>Everything else, as JSON by its declared type; what would arrive as less is refused.</summary>
internal sealed class JsonCodec<T> : ValueCodec<T>
{
    public override void Write(FrameWriter writer, T value)
    {
        // A null of such a type would arrive; still the method that declares it is a mistake.
        JsonRules.ThrowIfMeaningless(typeof(T));
        var json = JsonSerializer.SerializeToUtf8Bytes(value, JsonRules.Options);
        writer.WriteInt32(json.Length);
        writer.WriteBytes(json);
    }

    public override T Read(ref FrameReader reader) =>
        JsonSerializer.Deserialize<T>(reader.ReadBytes(reader.ReadInt32()), JsonRules.Options)!;
}
