using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>What has been reported lately, so that one place in a busy loop is not reported over and over.</summary>
internal sealed class CallSites
{
    private const int Most = 1000;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_samplePause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, long> _reported = [];
    private readonly Dictionary<string, long> _sampled = [];
    private long? _lastIdleSample;

    /// <summary>Whether it is worth a sample to find the place in this callback.</summary>
    public bool MaySample(string callback) =>
        (_lastIdleSample is not { } last || Stopwatch.GetElapsedTime(last) >= s_samplePause)
        && IsNew(_sampled, callback);

    /// <param name="site">File and line, or what else is known.</param>
    /// <param name="isSample">
    /// Whether it took a sample to find it. If that led to a known place, the next one waits for a while: callbacks may
    /// have a new name each time.
    /// </param>
    public bool MayReport(string site, bool isSample)
    {
        var isNew = IsNew(_reported, site);
        if (isSample && !isNew)
        {
            _lastIdleSample = Stopwatch.GetTimestamp();
        }

        return isNew;
    }

    private static bool IsNew(Dictionary<string, long> times, string key)
    {
        if (times.TryGetValue(key, out var last) && Stopwatch.GetElapsedTime(last) < s_pause)
        {
            return false;
        }

        if (times.Count >= Most)
        {
            times.Clear();
        }

        times[key] = Stopwatch.GetTimestamp();
        return true;
    }
}
