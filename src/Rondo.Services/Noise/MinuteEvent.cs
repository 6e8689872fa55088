using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>A minute of a room as an event, with everything that is needed to make hours of minutes.</summary>
internal static class MinuteEvent
{
    private const string Type = "minute";

    public static NewEvent Make(DateTimeOffset minute, LevelSummary levels) => new(Type, StreamJson.Object(json =>
    {
        json.WriteString("minute", StreamJson.Text(minute));
        json.WriteNumber("seconds", Math.Round(levels.Sum.Seconds, 3));
        json.WriteNumber("energy", levels.Sum.Energy);
        if (levels.Lmax is { } lmax)
        {
            json.WriteNumber("lmax", Math.Round(lmax, 2));
        }

        json.WriteNumber("devices", levels.Devices);
        json.WriteStartArray("flags");
        foreach (var name in levels.Flags.Names())
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteBase64String("histogram", levels.Histogram.ToBytes());
    }));

    /// <summary>What an event holds; null when it is a tombstone.</summary>
    public static (DateTimeOffset Minute, LevelSummary Levels)? Read(StreamEvent stored)
    {
        if (stored.Type != Type)
        {
            return null;
        }

        using var document = JsonDocument.Parse(stored.Data);
        var root = document.RootElement;
        var flags = LevelFlags.None;
        foreach (var name in root.GetProperty("flags").EnumerateArray())
        {
            flags |= LevelFlagsText.Parse(name.GetString()!) ?? LevelFlags.None;
        }

        var levels = LevelSummary.Kept(
            new EnergySum(root.GetProperty("energy").GetDouble(), root.GetProperty("seconds").GetDouble()),
            LevelHistogram.FromBytes(root.GetProperty("histogram").GetBytesFromBase64()),
            root.TryGetProperty("lmax", out var lmax) ? lmax.GetDouble() : null,
            flags,
            root.GetProperty("devices").GetInt32());
        return (At(root), levels);
    }

    private static DateTimeOffset At(JsonElement root) => DateTimeOffset.Parse(
        root.GetProperty("minute").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
