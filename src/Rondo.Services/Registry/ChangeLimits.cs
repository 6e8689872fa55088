using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>How fast each instance may come, change and go: each is an fsync and wakes who watches.</summary>
/// <threadsafety>The registry's loop alone.</threadsafety>
internal sealed class ChangeLimits(TimeProvider time, Func<RegistryOptions> options)
{
    private const int SecondsAtOnce = 4;
    private const int SweepAt = 4096;

    private readonly Dictionary<(string Name, string Id), TokenBucket> _buckets = [];
    private int _sweepAt = SweepAt;

    /// <summary>Counts a change; else tells how long to wait.</summary>
    public TimeSpan? Take(string name, string id)
    {
        var rate = options().ChangesPerSecond;
        if (!_buckets.TryGetValue((name, id), out var bucket))
        {
            Sweep(rate);
            _buckets.Add((name, id), bucket = new TokenBucket(time));
        }

        return bucket.TryTake(rate, (int)Math.Max(1, rate * SecondsAtOnce));
    }

    private void Sweep(double rate)
    {
        if (_buckets.Count >= _sweepAt)
        {
            foreach (var (who, bucket) in _buckets)
            {
                if (bucket.IsFull(rate))
                {
                    _buckets.Remove(who);
                }
            }

            _sweepAt = Math.Max(SweepAt, _buckets.Count * 2);
        }
    }
}
