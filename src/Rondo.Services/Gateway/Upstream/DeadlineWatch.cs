using System.Collections.Concurrent;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// Looks at the deadlines of all connections ten times a second, so that an exchange sets a number and no timer. It
/// rests while there is no connection.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class DeadlineWatch : IDisposable
{
    /// <summary>How much later than its deadline something may end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<UpstreamConnection, bool> _connections = new();
    private readonly ITimer _timer;
    private int _isRunning;

    public DeadlineWatch(TimeProvider time)
    {
        Time = time;
        _timer = time.CreateTimer(
            static self => ((DeadlineWatch)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time { get; }

    /// <summary>The connections that are open, idle or not.</summary>
    public ICollection<UpstreamConnection> Connections => _connections.Keys;

    public void Add(UpstreamConnection connection)
    {
        _connections[connection] = true;
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            _timer.Change(Interval, Interval);
        }
    }

    public void Remove(UpstreamConnection connection) => _connections.TryRemove(connection, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = Time.GetTimestamp();
        foreach (var (connection, _) in _connections)
        {
            connection.EndIfLate(now);
        }

        if (!_connections.IsEmpty)
        {
            return;
        }

        // One that is added meanwhile sees either that nobody looks, or is seen here.
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _isRunning, 0);
        if (!_connections.IsEmpty && Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            _timer.Change(Interval, Interval);
        }
    }
}
