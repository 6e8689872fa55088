using System.Globalization;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// <c>RateLimit-Policy</c> and <c>RateLimit</c> (the IETF's draft of RateLimit fields): what the key may, and what is
/// left of it.
/// </summary>
internal static class RateLimitFields
{
    public static void Write(IHeaderDictionary headers, KeyLimits? limits)
    {
        if (limits is not null)
        {
            headers["RateLimit-Policy"] = limits.Policy;
            headers["RateLimit"] = limits.State;
        }
    }

    /// <summary>Of a key that was checked; null where nothing limits it, or the caller has shown none.</summary>
    public static KeyLimits? Of(KeyVerdict verdict, TimeProvider time)
    {
        if (verdict.Entry is not { Key: { Settings: { Rate: not null } or { Quota: not null } } key }
            || verdict.Outcome is not (KeyOutcome.Accepted or KeyOutcome.TooFast or KeyOutcome.QuotaSpent))
        {
            return null;
        }

        var (policies, states) = (new List<string>(), new List<string>());
        var now = time.GetUtcNow();
        if (key.Settings.Rate is { } rate)
        {
            var cell = CellRate.Of(time, rate.Limit, rate.Per);
            var left = cell.Left(ref key.Use.Rate, time.GetTimestamp());
            policies.Add(Invariant($"\"rate\";q={rate.Limit};w={Math.Ceiling(rate.Per.TotalSeconds)}"));
            var next = Math.Ceiling((double)cell.Interval / time.TimestampFrequency);
            states.Add(Invariant($"\"rate\";r={left};t={next}"));
        }

        if (key.Settings.Quota is { } quota)
        {
            var end = KeyCheck.MonthEnd(now);
            policies.Add(Invariant($"\"quota\";q={quota};w={(end - end.AddMonths(-1)).TotalSeconds}"));
            states.Add(Invariant(
                $"\"quota\";r={Math.Max(0, quota - key.Use.Uses(now))};t={Math.Ceiling((end - now).TotalSeconds)}"));
        }

        return new KeyLimits(string.Join(", ", policies), string.Join(", ", states));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
