namespace Rondo.Services.Weather;

internal enum CircuitState
{
    Closed,
    Open,

    /// <summary>One call is on its way to see whether the server is back.</summary>
    HalfOpen,
}

/// <summary>
/// Stops asking a server that fails: opens when half of at least ten calls within 30 s have failed, or when the server
/// says when to come again; then lets one call through after 15 s, or at the time the server named. Not thread-safe.
/// </summary>
internal sealed class CircuitBreaker
{
    private const int FewestCalls = 10;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private readonly Queue<(DateTimeOffset At, bool HasFailed)> _calls = new();
    private DateTimeOffset _opensAt;

    public CircuitState State { get; private set; }

    /// <summary>When the next call may be made, if it is open.</summary>
    public DateTimeOffset RetryAt => _opensAt;

    /// <summary>Whether a call may be made; if so, its end must be told.</summary>
    public bool TryEnter(DateTimeOffset now)
    {
        if (State is CircuitState.Closed)
        {
            return true;
        }

        if (State is CircuitState.HalfOpen || now < _opensAt)
        {
            return false;
        }

        State = CircuitState.HalfOpen;
        return true;
    }

    public void Succeeded(DateTimeOffset now)
    {
        if (State is CircuitState.HalfOpen)
        {
            State = CircuitState.Closed;
            _calls.Clear();
        }

        Count(now, hasFailed: false);
    }

    public void Failed(DateTimeOffset now, TimeSpan? retryAfter)
    {
        Count(now, hasFailed: true);
        if (retryAfter is { } asked)
        {
            Open(now + (asked < LongestPause ? asked : LongestPause));
        }
        else if (State is CircuitState.HalfOpen
            || (_calls.Count >= FewestCalls && _calls.Count(c => c.HasFailed) * 2 >= _calls.Count))
        {
            Open(now + Pause);
        }
    }

    /// <summary>The call was given up and says nothing about the server.</summary>
    public void Abandoned()
    {
        if (State is CircuitState.HalfOpen)
        {
            State = CircuitState.Open;
        }
    }

    private void Open(DateTimeOffset until)
    {
        State = CircuitState.Open;
        _opensAt = until > _opensAt ? until : _opensAt;
    }

    private void Count(DateTimeOffset now, bool hasFailed)
    {
        _calls.Enqueue((now, hasFailed));
        while (_calls.Peek().At < now - Window)
        {
            _calls.Dequeue();
        }
    }
}
