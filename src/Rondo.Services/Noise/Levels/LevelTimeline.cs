namespace Rondo.Services.Noise.Levels;

/// <summary>The last minutes of a room, second by second, in any order of arrival.</summary>
/// <threadsafety>Not safe.</threadsafety>
internal sealed class LevelTimeline
{
    private const long SecondsOfMinute = 60;

    private readonly Dictionary<long, LevelSecond> _seconds = [];
    private readonly HashSet<long> _changed = [];

    /// <summary>Adds what a device heard, to every second that it reaches into.</summary>
    /// <param name="device">Which device.</param>
    /// <param name="start">When it began, by this server's clock.</param>
    /// <param name="length">How long it was.</param>
    /// <param name="level">Its equivalent level; null when there is none, as of a microphone that is off.</param>
    /// <param name="lmax">Its loudest moment, which counts in every second that it reaches into.</param>
    /// <param name="flags">What is to be said about it.</param>
    public void Add(
        string device, DateTimeOffset start, TimeSpan length, double? level, double lmax, LevelFlags flags)
    {
        var end = start + length;
        for (var second = start.ToUnixTimeSeconds(); ; second++)
        {
            var begin = DateTimeOffset.FromUnixTimeSeconds(second);
            if (begin >= end)
            {
                return;
            }

            var last = begin.AddSeconds(1);
            var part = ((end < last ? end : last) - (start > begin ? start : begin)).TotalSeconds;
            Add(second, device, part, level, lmax, flags);
        }
    }

    /// <summary>What is known from one whole second up to another.</summary>
    public LevelSummary Summarise(DateTimeOffset from, DateTimeOffset to)
    {
        var summary = new LevelSummary();
        for (var second = from.ToUnixTimeSeconds(); second < to.ToUnixTimeSeconds(); second++)
        {
            if (_seconds.TryGetValue(second, out var known))
            {
                summary.Add(known);
            }
        }

        return summary;
    }

    /// <summary>The minutes that something was added to since it was asked last, by their starts.</summary>
    public IReadOnlyList<DateTimeOffset> TakeChanged()
    {
        if (_changed.Count == 0)
        {
            return [];
        }

        DateTimeOffset[] minutes =
            [.. _changed.Order().Select(m => DateTimeOffset.FromUnixTimeSeconds(m * SecondsOfMinute))];
        _changed.Clear();
        return minutes;
    }

    /// <summary>The starts of the minutes that have something, oldest first.</summary>
    public IEnumerable<DateTimeOffset> Minutes() => _seconds.Keys
        .Select(s => s / SecondsOfMinute).Distinct().Order()
        .Select(m => DateTimeOffset.FromUnixTimeSeconds(m * SecondsOfMinute));

    public void ForgetBefore(DateTimeOffset moment)
    {
        var first = moment.ToUnixTimeSeconds();
        foreach (var second in _seconds.Keys)
        {
            if (second < first)
            {
                _seconds.Remove(second);
            }
        }
    }

    private void Add(long second, string device, double part, double? level, double lmax, LevelFlags flags)
    {
        if (part <= 0)
        {
            return;
        }

        if (!_seconds.TryGetValue(second, out var known))
        {
            _seconds.Add(second, known = new LevelSecond());
        }

        _changed.Add(second / SecondsOfMinute);
        if (level is { } heard)
        {
            known.Add(device, EnergySum.Of(heard, part), lmax, flags);
        }
        else
        {
            known.Note(flags);
        }
    }
}
