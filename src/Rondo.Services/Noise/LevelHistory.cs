using Rondo.Services.Noise.Levels;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>
/// The levels of a room over time, from what is stored of each minute and from the minutes that are still open.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class LevelHistory(NoiseLoop loop, NoiseMonitor monitor, IEventStore store)
{
    private const int Page = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The minutes of a room that begin from one moment on and before another, oldest first; those of which nothing is
    /// known are not there. Null when there is no such room.
    /// </summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<(DateTimeOffset Minute, LevelSummary Levels)>?> ReadAsync(
        string roomId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        // The open ones first: one that is stored meanwhile is then there twice, not missing.
        var open = await loop.AskAsync(() => monitor.Find(roomId) is { } room ? room.OpenMinutes() : null);
        if (open is null)
        {
            return null;
        }

        var minutes = await StoredAsync(roomId, from, to, cancellation);
        var last = minutes.Count > 0 ? minutes[^1].Minute : DateTimeOffset.MinValue;
        minutes.AddRange(open.Where(m => m.Minute >= from && m.Minute < to && m.Minute > last));
        return minutes;
    }

    /// <summary>
    /// The same in stretches of one length from <paramref name="from"/> on; of one of which nothing is known, nothing
    /// is said.
    /// </summary>
    public async Task<IReadOnlyList<(DateTimeOffset Start, LevelSummary Levels)>?> ReadAsync(
        string roomId, DateTimeOffset from, DateTimeOffset to, TimeSpan step, CancellationToken cancellation)
    {
        if (await ReadAsync(roomId, from, to, cancellation) is not { } minutes)
        {
            return null;
        }

        var buckets = new List<(DateTimeOffset Start, LevelSummary Levels)>();
        var next = 0;
        for (var start = from; start < to; start += step)
        {
            var bucket = new LevelSummary();
            for (; next < minutes.Count && minutes[next].Minute < start + step; next++)
            {
                bucket.Add(minutes[next].Levels);
            }

            buckets.Add((start, bucket));
        }

        return buckets;
    }

    private async Task<List<(DateTimeOffset Minute, LevelSummary Levels)>> StoredAsync(
        string roomId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var stream = NoiseRoom.MinutesOf(roomId);
        var minutes = new List<(DateTimeOffset, LevelSummary)>();
        var after = await BeforeAsync(stream, from, cancellation);
        while (true)
        {
            var page = await store.ReadAsync(stream, new StreamCursor(null, after), Page, cancellation);
            foreach (var stored in page.Events)
            {
                if (MinuteEvent.Read(stored) is var (minute, levels))
                {
                    if (minute >= to)
                    {
                        return minutes;
                    }

                    if (minute >= from)
                    {
                        minutes.Add((minute, levels));
                    }
                }
            }

            if (page.IsReset || page.Events.Count == 0)
            {
                return minutes;
            }

            after = page.Events[^1].Seq;
        }
    }

    // Minutes are stored in their order: the first is found by halving.
    private async Task<long> BeforeAsync(string stream, DateTimeOffset from, CancellationToken cancellation)
    {
        var head = (await store.ReadAsync(stream, null, 1, cancellation)).Head;
        var (low, high) = (head.First - 1, head.Last);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            var page = await store.ReadAsync(stream, new StreamCursor(null, middle - 1), 1, cancellation);
            var isBefore = page.Events is [var stored, ..] && MinuteEvent.Read(stored) is var (minute, _)
                && minute + Minute <= from;
            (low, high) = isBefore ? (middle, high) : (low, middle);
        }

        return Math.Max(0, low);
    }
}
