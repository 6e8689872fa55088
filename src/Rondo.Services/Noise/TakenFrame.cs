using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>A frame as it is kept: with its time by this server's clock.</summary>
/// <param name="Device">Whose it is.</param>
/// <param name="Seq">Its sequence.</param>
/// <param name="Start">When it began.</param>
/// <param name="Length">How long it was.</param>
/// <param name="LAeq">Its level; null of a microphone that is off.</param>
/// <param name="LAFmax">Its loudest moment.</param>
/// <param name="LCpeak">Its peak, when the device measures it.</param>
/// <param name="Flags">What is to be said about it.</param>
/// <param name="Clock">What was added to the device's clock.</param>
internal sealed record TakenFrame(
    string Device,
    long Seq,
    DateTimeOffset Start,
    TimeSpan Length,
    double? LAeq,
    double LAFmax,
    double? LCpeak,
    LevelFlags Flags,
    TimeSpan Clock)
{
    public const string Type = "levels";

    /// <summary>The calibration that counted when it came; not kept.</summary>
    public double? Offset { get; init; }

    /// <summary>Frames of one event, well below what an event may hold.</summary>
    public const int MostOfEvent = 200;

    public static NewEvent ToEvent(IReadOnlyList<TakenFrame> frames) => new(Type, StreamJson.Object(json =>
    {
        json.WriteStartArray("frames");
        foreach (var frame in frames)
        {
            frame.Write(json);
        }

        json.WriteEndArray();
    }));

    /// <summary>What an event of the stream holds.</summary>
    public static IEnumerable<TakenFrame> FromEvent(StreamEvent stored)
    {
        if (stored.Type != Type)
        {
            yield break;
        }

        using var document = JsonDocument.Parse(stored.Data);
        foreach (var frame in document.RootElement.GetProperty("frames").EnumerateArray())
        {
            yield return Read(frame);
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("device", Device);
        json.WriteNumber("seq", Seq);
        json.WriteString("t0", StreamJson.Text(Start));
        json.WriteNumber("dur", Length.TotalSeconds);
        WriteLevel(json, "laeq", LAeq);
        WriteLevel(json, "lafmax", LAFmax);
        WriteLevel(json, "lcpeak", LCpeak);
        if (Flags != LevelFlags.None)
        {
            json.WriteStartArray("flags");
            foreach (var name in Flags.Names())
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        if (Math.Abs(Clock.TotalSeconds) >= 0.001)
        {
            json.WriteNumber("clock", Math.Round(Clock.TotalSeconds, 3));
        }

        json.WriteEndObject();
    }

    private static void WriteLevel(Utf8JsonWriter json, string name, double? level)
    {
        if (level is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 2));
        }
    }

    private static TakenFrame Read(JsonElement frame)
    {
        var flags = LevelFlags.None;
        if (frame.TryGetProperty("flags", out var names))
        {
            foreach (var name in names.EnumerateArray())
            {
                flags |= LevelFlagsText.Parse(name.GetString()!) ?? LevelFlags.None;
            }
        }

        return new TakenFrame(
            frame.GetProperty("device").GetString()!,
            frame.GetProperty("seq").GetInt64(),
            DateTimeOffset.Parse(
                frame.GetProperty("t0").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            TimeSpan.FromSeconds(frame.GetProperty("dur").GetDouble()),
            Number("laeq"),
            Number("lafmax") ?? 0,
            Number("lcpeak"),
            flags,
            TimeSpan.FromSeconds(Number("clock") ?? 0));

        double? Number(string name) => frame.TryGetProperty(name, out var value) ? value.GetDouble() : null;
    }
}
