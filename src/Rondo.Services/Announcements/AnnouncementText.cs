using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise;
using Rondo.Services.Streams;

namespace Rondo.Services.Announcements;

/// <summary>What happened, in one line.</summary>
internal static class AnnouncementText
{
    /// <summary>The room that an alarm is of, and what is said of it.</summary>
    public static (string RoomId, string Text) OfAlarm(StreamEvent stored)
    {
        using var document = JsonDocument.Parse(stored.Data);
        var alarm = NoiseJson.ReadAlarm(document.RootElement, stored.Seq);
        var limit = Level(alarm.Limit);
        return (alarm.RoomId, alarm.IsLoud
            ? $"{alarm.Name} is too loud: {Level(alarm.LAeq ?? alarm.Limit)}, the limit is {limit}."
            : $"{alarm.Name} is quiet again.");
    }

    /// <summary>What is said of new rates; null when the event says nothing of a day.</summary>
    public static string? OfRates(StreamEvent stored)
    {
        using var document = JsonDocument.Parse(stored.Data);
        var root = document.RootElement;
        return root.ValueKind is not JsonValueKind.Object
            || !root.TryGetProperty("date", out var date) || date.ValueKind is not JsonValueKind.String
            || !root.TryGetProperty("source", out var source) ? null
            : root.TryGetProperty("changed", out var change) && change.TryGetProperty("currency", out _)
                ? "A rate was changed by hand."
            : $"New rates of {date.GetString()} ({source}).";
    }

    private static string Level(double level) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Round(level, 1):0.#} dB(A)");
}
