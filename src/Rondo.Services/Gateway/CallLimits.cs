using System.Collections.Concurrent;

namespace Rondo.Services.Gateway;

/// <summary>Gives out the sources that end calls, and takes those back that can be used again.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class CallLimits(TimeProvider time)
{
    private const int Most = 1024;

    private readonly ConcurrentBag<CancellationTokenSource> _rested = [];

    public CancellationTokenSource Start(TimeSpan total)
    {
        if (time != TimeProvider.System)
        {
            return new CancellationTokenSource(total, time);
        }

        if (!_rested.TryTake(out var source))
        {
            source = new CancellationTokenSource();
        }

        source.CancelAfter(total);
        return source;
    }

    public void End(CancellationTokenSource source)
    {
        if (time == TimeProvider.System && _rested.Count < Most && source.TryReset())
        {
            _rested.Add(source);
        }
        else
        {
            source.Dispose();
        }
    }
}
