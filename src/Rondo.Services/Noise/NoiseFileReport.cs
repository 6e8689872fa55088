using System.Text;
using System.Text.Json;
using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Noise;

/// <summary>The levels of a recording as text or JSON.</summary>
internal sealed class NoiseFileReport(
    NoiseFileQuery query, WavReader sound, RecordingSummary summary, bool isCalibrated)
{
    private static readonly int[] Percents = [10, 50, 90];

    private readonly double _rate = sound.Format.SampleRate;

    private string MaxName => query.Slow ? "LASmax" : "LAFmax";

    private LevelFlags Common => isCalibrated ? 0 : LevelFlags.Uncalibrated;

    public string Head() => $"{"seconds",9} {"LAeq",7} {MaxName,7} {"LCpeak",7}  flags";

    public string Line(in MeterReading reading)
    {
        var levels = CalibratedLevels.Of(reading, summary.Offset);
        var (start, length, flags) = (reading.Start / _rate, reading.Duration, reading.Flags);
        return query.Json
            ? Json(json =>
            {
                json.WriteNumber("t", Math.Round(start, 3));
                json.WriteNumber("dur", Math.Round(length, 3));
                Write(json, "laeq", levels.LAeq);
                Write(json, MaxName.ToLowerInvariant(), levels.LAMax);
                Write(json, "lcpeak", levels.LCPeak);
                Write(json, flags | Common);
            })
            : $"{start,9:0.0} {Number(levels.LAeq)} {Number(levels.LAMax)} {Number(levels.LCPeak)}  "
                + string.Join(", ", flags.Names());
    }

    public string Summary() => query.Json ? SummaryJson() : SummaryText();

    private string SummaryJson() => Json(json =>
    {
        json.WriteString("file", query.Path);
        json.WriteNumber("seconds", Math.Round(summary.Duration, 3));
        json.WriteNumber("fs", sound.Format.SampleRate);
        json.WriteNumber("channels", sound.Format.Channels);
        json.WriteNumber("channel", query.Channel);
        json.WriteNumber("offset", Math.Round(summary.Offset, 1));
        Write(json, "laeq", summary.LAeq);
        Write(json, MaxName.ToLowerInvariant(), summary.LAMax);
        Write(json, "lcpeak", summary.LCPeak);
        foreach (var percent in Percents)
        {
            Write(json, $"l{percent}", summary.Exceeded(percent));
        }

        json.WriteNumber("values", summary.Seconds);
        Write(json, summary.Flags | Common);
        json.WriteBoolean("truncated", sound.IsTruncated);
    });

    private string SummaryText()
    {
        var text = new StringBuilder();
        text.Append(query.Each ? "\n" : "").Append(query.Path).Append($": {summary.Duration:0.0} s, {sound.Format}")
            .AppendLine(sound.Format.Channels > 1 ? $", of which channel {query.Channel}" : "");
        text.AppendLine(isCalibrated
            ? $"Calibrated: {summary.Offset:0.0} dB(A) at full scale."
            : $"Uncalibrated, ±10 dB: {summary.Offset:0.0} dB(A) is taken for full scale; see --calibration.");
        text.AppendLine();
        Add("LAeq", Number(summary.LAeq), "dB(A)");
        Add(MaxName, Number(summary.LAMax), "dB(A)");
        Add("LCpeak", Number(summary.LCPeak), "dB(C)");
        foreach (var percent in Percents)
        {
            Add($"L{percent}", Number(summary.Exceeded(percent)), "dB(A)");
        }

        text.Append($"\nL10, L50 and L90 are of the LAeq of {summary.Seconds} ")
            .Append(summary.Seconds == 1 ? "second" : "seconds")
            .Append(summary.Seconds < RecordingSummary.EnoughSeconds ? "; fewer than 100 are a rough guess." : ".");
        foreach (var (flag, meaning) in Meanings)
        {
            if (summary.Flags.HasFlag(flag))
            {
                text.Append($"\n{flag.Names().Single()}: {summary.Flagged(flag):0.0} s; {meaning}");
            }
        }

        return text.Append(sound is { IsTruncated: true, Promised: { } promised }
            ? $"\ntruncated: the head promises {promised / _rate:0.0} s" : "").ToString();

        void Add(string name, string level, string unit) => text.AppendLine($"  {name,-7}{level} {unit}");
    }

    private static IEnumerable<(LevelFlags Flag, string Meaning)> Meanings =>
    [
        (LevelFlags.Clipped, "the true level was higher"),
        (LevelFlags.Muted, "nothing but zeros, which have no level"),
        (LevelFlags.LowRate, "too few samples per second for what is above 6 kHz"),
    ];

    private static string Number(double? level) => level is { } known ? $"{known,7:0.0}" : $"{"-",7}";

    private static void Write(Utf8JsonWriter json, string name, double? level)
    {
        if (level is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, LevelFlags flags)
    {
        json.WriteStartArray("flags");
        foreach (var name in flags.Names())
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
