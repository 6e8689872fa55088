using System.Globalization;
using Rondo.Services.Hosting;

namespace Rondo.Services.Auth;

/// <summary>What is decided about a key, read from the texts that people and programs write.</summary>
/// <remarks>Every method throws a <see cref="FormatException"/> whose message says what is wrong.</remarks>
internal static class KeyTexts
{
    private static readonly TimeSpan LongestRate = TimeSpan.FromDays(1);

    public static string Name(string text) => KeySettings.IsName(text)
        ? text
        : throw new FormatException($"A name has 1 to {KeySettings.LongestName} characters on one line.");

    public static string Owner(string text) => text.Length == 0 || KeySettings.IsName(text)
        ? text
        : throw new FormatException($"An owner has at most {KeySettings.LongestName} characters on one line.");

    public static ScopeSet Scopes(IReadOnlyList<string> texts)
    {
        var (set, mistake) = ScopeSet.Parse(texts);
        return set ?? throw new FormatException(mistake);
    }

    /// <summary>A moment of RFC 3339, or a time from now on such as <c>30d</c>.</summary>
    public static DateTimeOffset Expires(string text, DateTimeOffset now)
    {
        var at = DurationText.Parse(text) is { } time ? now + time
            : DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var moment) ? moment.ToUniversalTime()
            : throw new FormatException("'expires' is a moment such as 2027-01-31T12:00:00Z or a time such as 30d.");
        return at > now ? at : throw new FormatException("'expires' lies in the past.");
    }

    public static AddressList? Addresses(IReadOnlyList<string> texts)
    {
        if (texts.Count > AddressList.Most)
        {
            throw new FormatException($"A key has at most {AddressList.Most} networks.");
        }

        var (list, mistake) = AddressList.Parse(texts);
        return mistake is not null ? throw new FormatException(mistake) : texts.Count == 0 ? null : list;
    }

    public static IReadOnlyList<string>? Origins(IReadOnlyList<string> texts) =>
        texts.Count > KeySettings.MostOrigins || texts.Any(t => !KeySettings.IsOrigin(t))
            ? throw new FormatException(
                $"'origins' are at most {KeySettings.MostOrigins} such as https://example.org, without a path.")
            : texts.Count == 0 ? null : texts;

    /// <summary>Uses in a time, such as <c>10/s</c>, <c>600/m</c> or <c>100/30s</c>.</summary>
    public static KeyRate Rate(string text)
    {
        var slash = text.IndexOf('/');
        var per = slash < 0 ? "" : text[(slash + 1)..];
        return slash > 0
            && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= 1_000_000
            && DurationText.Parse(per.Length == 1 ? "1" + per : per) is { } time
            && time > TimeSpan.Zero && time <= LongestRate
                ? new KeyRate(limit, time)
                : throw new FormatException("'rate' is so many uses in a time up to a day, such as 10/s or 100/30s.");
    }

    public static string Text(KeyRate rate) => string.Create(
        CultureInfo.InvariantCulture, $"{rate.Limit}/{rate.Per.TotalSeconds:0}s");

    public static long Quota(long quota) => quota is >= 1 and <= 1_000_000_000_000
        ? quota
        : throw new FormatException("'quota' is a number of uses in a month, from 1 on.");

    /// <summary>How long the text of before still counts.</summary>
    public static TimeSpan Grace(string text) =>
        DurationText.Parse(text) is { } grace && grace <= TimeSpan.FromDays(30)
            ? grace
            : throw new FormatException("'grace' is a time such as 24h, at most 30d.");
}
