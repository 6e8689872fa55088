using System.Globalization;
using System.Text.Json;
using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise;

/// <summary>What a device has measured over a short time. Nothing else can be in a frame.</summary>
internal sealed record NoiseFrame
{
    public const int MostBytes = 300;

    /// <summary>A device that leaves more out has not counted.</summary>
    public const long LargestJump = 1_000_000_000;

    private const long MostSeq = (1L << 53) - 1;
    private const double LowestPeak = -20;
    private const double HighestPeak = 180;
    private const double ShortestSeconds = 0.1;
    private const double LongestSeconds = 60;
    private const double Rounding = 0.15;
    private const int LowestRate = 4000;
    private const int HighestRate = 768_000;

    // Below it a good part of what counts for dB(A) is not heard.
    private const int LowRate = 22_050;

    private static readonly string[] Members =
        ["v", "room", "device", "seq", "t0", "dur", "laeq", "lafmax", "lcpeak", "flags", "fs"];

    private static readonly string[] Times =
        ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public required string RoomId { get; init; }

    public required string Device { get; init; }

    /// <summary>1, 2, 3... of the device.</summary>
    public long Seq { get; init; }

    /// <summary>When it began, by the device's clock.</summary>
    public DateTimeOffset Start { get; init; }

    public TimeSpan Length { get; init; }

    /// <summary>LAeq in dB; null of a microphone that is off.</summary>
    public double? LAeq { get; init; }

    /// <summary>LAFmax in dB.</summary>
    public double LAFmax { get; init; }

    /// <summary>LCpeak in dB, when the device measures it.</summary>
    public double? LCpeak { get; init; }

    public LevelFlags Flags { get; init; }

    /// <summary>The frame, or why it is none; then with its sequence if that can be read.</summary>
    public static (NoiseFrame? Frame, NoiseRefusal? Refusal, long? Seq) Read(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return (null, Bad("A frame is a JSON object."), null);
        }

        var seq = root.TryGetProperty("seq", out var number) && number.ValueKind is JsonValueKind.Number
            && number.TryGetInt64(out var whole) ? whole : (long?)null;
        try
        {
            if (root.EnumerateObject().Select(m => m.Name).FirstOrDefault(n => !Members.Contains(n)) is { } unknown)
            {
                return (
                    null,
                    Bad($"There is no '{Shorten(unknown)}' in a frame; there are {string.Join(", ", Members)}."),
                    seq);
            }

            if (!root.TryGetProperty("v", out var version) || version.ValueKind is not JsonValueKind.Number
                || !version.TryGetInt32(out var v) || v != 1)
            {
                return (null, Bad("'v' is 1."), seq);
            }

            var frame = new NoiseFrame
            {
                RoomId = Text(root, "room"),
                Device = Text(root, "device"),
                Seq = seq ?? throw new FormatException("'seq' is a whole number."),
                Start = Time(Text(root, "t0")),
                Length = TimeSpan.FromSeconds(Math.Clamp(Number(root, "dur") ?? 0, -1, 3600)),
                LAeq = Number(root, "laeq"),
                LAFmax = Number(root, "lafmax") ?? Number(root, "laeq") ?? LevelHistogram.Lowest,
                LCpeak = Number(root, "lcpeak"),
                Flags = ReadFlags(root),
            };
            return frame.Check() is { } refusal ? (null, refusal, seq) : (frame, null, seq);
        }
        catch (FormatException error)
        {
            return (null, Bad(error.Message), seq);
        }
    }

    public static NoiseRefusal Bad(string detail) => new(NoiseProblems.BadFrame, detail);

    private NoiseRefusal? Check() =>
        Seq is < 1 or > MostSeq
            ? new NoiseRefusal(NoiseProblems.SeqOutOfRange, $"'seq' is 1 to {MostSeq}.")
        : Length.TotalSeconds is < ShortestSeconds or > LongestSeconds
            ? new NoiseRefusal(
                NoiseProblems.DurationOutOfRange,
                FormattableString.Invariant($"'dur' is {ShortestSeconds} to {LongestSeconds} seconds."))
        : LAeq is null && (Flags & LevelFlags.Muted) == 0
            ? Bad("'laeq' is a number; only a frame with the flag 'muted' has none.")
        : IsOut(LAeq ?? 0) || IsOut(LAFmax)
            ? new NoiseRefusal(NoiseProblems.LevelOutOfRange, FormattableString.Invariant(
                $"'laeq' and 'lafmax' are {LevelHistogram.Lowest} to {LevelHistogram.Highest} dB."))
        : LCpeak is < LowestPeak or > HighestPeak
            ? new NoiseRefusal(NoiseProblems.LevelOutOfRange, FormattableString.Invariant(
                $"'lcpeak' is {LowestPeak} to {HighestPeak} dB."))
        : LAFmax < LAeq - Rounding
            ? new NoiseRefusal(NoiseProblems.LevelOutOfRange, "'lafmax' is not below 'laeq'.")
        : null;

    private static bool IsOut(double level) => level is not (>= LevelHistogram.Lowest and <= LevelHistogram.Highest);

    private static LevelFlags ReadFlags(JsonElement root)
    {
        var flags = LevelFlags.None;
        if (root.TryGetProperty("flags", out var list))
        {
            if (list.ValueKind is not JsonValueKind.Array)
            {
                throw new FormatException("'flags' is an array.");
            }

            foreach (var item in list.EnumerateArray())
            {
                flags |= item.ValueKind is JsonValueKind.String
                    && LevelFlagsText.Parse(item.GetString()!) is { } known and not LevelFlags.Legacy
                    ? known
                    : throw new FormatException(
                        "'flags' are of uncalibrated, processed, clipped, muted, low-rate and simulated.");
            }
        }

        var rate = Number(root, "fs");
        return rate is null ? flags
            : rate is < LowestRate or > HighestRate
                ? throw new FormatException($"'fs' is {LowestRate} to {HighestRate} samples a second.")
                : rate < LowRate ? flags | LevelFlags.LowRate : flags;
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"'{name}' is a text.");

    // A number of JSON is finite in what it says, and not always in what it becomes.
    private static double? Number(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? null
        : value.ValueKind is not JsonValueKind.Number ? throw new FormatException($"'{name}' is a number.")
        : value.TryGetDouble(out var number) && double.IsFinite(number) ? number
        : double.MaxValue;

    // A local time without its distance from UTC means two moments once a year.
    private static DateTimeOffset Time(string text) =>
        text.Length >= 20 && (text[^1] is 'Z' || text[^6] is '+' or '-')
        && DateTimeOffset.TryParseExact(
            text, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && time.Year is >= 1970 and < 2200
            ? time.ToUniversalTime()
            : throw new FormatException("'t0' is a moment such as 2026-11-22T05:00:01.000Z.");

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
