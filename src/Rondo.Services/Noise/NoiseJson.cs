using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>What the noise service sends, as JSON.</summary>
internal static class NoiseJson
{
    /// <summary>All rooms as they are: the data of the event <c>levels</c>.</summary>
    public static byte[] Levels(NoiseSnapshot snapshot) => StreamJson.Object(json =>
    {
        json.WriteString("at", StreamJson.Text(snapshot.At));
        json.WriteStartArray("rooms");
        foreach (var room in snapshot.Rooms)
        {
            json.WriteStartObject();
            WriteLevels(json, room, snapshot.At);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>One room as it is.</summary>
    public static void WriteLevels(Utf8JsonWriter json, RoomLevel room, DateTimeOffset at)
    {
        json.WriteString("id", room.Id);
        json.WriteString("name", room.Name);
        json.WriteString("kind", room.Kind);
        Write(json, "laeq", room.LAeq);
        Write(json, "lafmax", room.LAFmax);
        Write(json, "leq_1m", room.Leq1m);
        Write(json, "value", room.LegacyValue);
        if (room.HeardUntil is { } until)
        {
            json.WriteNumber("age", Math.Max(0, Math.Round((at - until).TotalSeconds, 1)));
        }

        WriteFlags(json, "quality", room.Quality);
        json.WriteNumber("devices", room.Devices);
        json.WriteString("state", Text(room.State));
        json.WriteNumber("goal", room.Goal);
        json.WriteNumber("loud", room.Loud);
        if (room.LoudSince is { } since)
        {
            json.WriteString("loud_since", StreamJson.Text(since));
        }
    }

    public static void WriteConfig(Utf8JsonWriter json, NoiseRoomConfig room)
    {
        json.WriteString("id", room.Id);
        json.WriteString("name", room.Name);
        json.WriteString("kind", room.Kind);
        json.WriteNumber("goal", room.Goal);
        json.WriteNumber("loud", room.Loud);
        json.WriteString("hold", Hold(room));
        if (room.Hours is { } hours)
        {
            json.WriteString("hours", hours);
        }
    }

    public static string Hold(NoiseRoomConfig room) =>
        string.Create(CultureInfo.InvariantCulture, $"{room.Hold.TotalSeconds:0}s");

    /// <summary>A level is told to a tenth of a decibel; nothing is told of one that nobody knows.</summary>
    public static void Write(Utf8JsonWriter json, string name, double? level)
    {
        if (level is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 1));
        }
    }

    public static void WriteFlags(Utf8JsonWriter json, string name, LevelFlags flags)
    {
        json.WriteStartArray(name);
        foreach (var flag in flags.Names())
        {
            json.WriteStringValue(flag);
        }

        json.WriteEndArray();
    }

    /// <summary>An alarm: the event that is stored, and the data of the event <c>alarm</c>.</summary>
    public static byte[] Alarm(NoiseAlarm alarm) => StreamJson.Object(json =>
    {
        json.WriteString("room", alarm.RoomId);
        json.WriteString("name", alarm.Name);
        json.WriteString("state", alarm.IsLoud ? "loud" : "quiet");
        json.WriteString("since", StreamJson.Text(alarm.Since));
        Write(json, "laeq", alarm.LAeq);
        json.WriteNumber("loud", alarm.Limit);
    });

    /// <summary>An alarm that was stored.</summary>
    public static NoiseAlarm ReadAlarm(JsonElement root, long seq) => new(
        seq,
        root.GetProperty("room").GetString()!,
        root.GetProperty("name").GetString()!,
        root.GetProperty("state").GetString() == "loud",
        DateTimeOffset.Parse(
            root.GetProperty("since").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        root.TryGetProperty("laeq", out var laeq) ? laeq.GetDouble() : null,
        root.GetProperty("loud").GetDouble());

    public static string Text(NoiseState state) => state switch
    {
        NoiseState.Silent => "silent",
        NoiseState.Ok => "ok",
        NoiseState.Goal => "goal",
        _ => "loud",
    };
}
