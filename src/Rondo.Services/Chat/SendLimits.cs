using Rondo.Services.Hosting;

namespace Rondo.Services.Chat;

/// <summary>How fast each person, and each address that guests come from, may speak. The chat's loop's.</summary>
internal sealed class SendLimits(TimeProvider time, Func<ChatOptions> options)
{
    // A school is one address: its guests share it.
    private const int PersonsPerAddress = 10;
    private const int SweepAt = 4096;

    private readonly Dictionary<string, TokenBucket> _buckets = [];
    private int _sweepAt = SweepAt;

    /// <summary>Counts one message; why it is one too many, or null.</summary>
    public ChatRefusal? Take(Caller caller)
    {
        var (rate, burst) = (options().MessagesPerSecond, options().Burst);
        var wait = Bucket(caller.Id).TryTake(rate, burst);
        if (wait is null && caller.Role is ChatRole.Guest)
        {
            wait = Bucket("from " + caller.Address).TryTake(rate * PersonsPerAddress, burst * PersonsPerAddress);
        }

        return wait is null ? null : new ChatRefusal(
            ChatProblems.TooFast,
            FormattableString.Invariant($"At most {rate:0.###} messages a second, {burst} at once."),
            wait);
    }

    private TokenBucket Bucket(string who)
    {
        if (!_buckets.TryGetValue(who, out var bucket))
        {
            Sweep();
            _buckets.Add(who, bucket = new TokenBucket(time));
        }

        return bucket;
    }

    private void Sweep()
    {
        if (_buckets.Count >= _sweepAt)
        {
            foreach (var (who, bucket) in _buckets)
            {
                if (bucket.IsFull(options().MessagesPerSecond))
                {
                    _buckets.Remove(who);
                }
            }

            _sweepAt = Math.Max(SweepAt, _buckets.Count * 2);
        }
    }
}
