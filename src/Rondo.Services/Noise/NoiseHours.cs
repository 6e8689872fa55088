using System.Globalization;

namespace Rondo.Services.Noise;

/// <summary>
/// The hours of each day in which a room's limit counts; over midnight when they end before they begin.
/// </summary>
internal readonly record struct NoiseHours(TimeOnly From, TimeOnly Until)
{
    private const string Form = "HH:mm";
    private const string EndOfDay = "24:00";

    /// <summary>Hours such as <c>08:00-16:00</c>; null when it is none.</summary>
    public static NoiseHours? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2 && Time(parts[0]) is { } from
            && Time(parts[1] == EndOfDay ? "00:00" : parts[1]) is { } until && from != until
                ? new NoiseHours(from, until)
                : null;
    }

    public bool Contains(TimeOnly time) => time.IsBetween(From, Until);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{From.ToString(Form, CultureInfo.InvariantCulture)}-{Until.ToString(Form, CultureInfo.InvariantCulture)}");

    private static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;
}
