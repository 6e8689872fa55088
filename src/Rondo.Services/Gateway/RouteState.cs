namespace Rondo.Services.Gateway;

/// <summary>What became of a request on a route.</summary>
internal enum RouteOutcome
{
    /// <summary>The client has the service's answer.</summary>
    Answered,

    /// <summary>A rule of the route has refused it: key, scope, limit, body.</summary>
    Refused,

    /// <summary>No instance takes calls.</summary>
    NoInstance,

    /// <summary>The service failed, or was too slow.</summary>
    Failed,

    /// <summary>The client left, or broke its own request.</summary>
    Abandoned,
}

/// <summary>What a route has counted; survives new tables.</summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class RouteState(TimeProvider time, RouteLimit? limit)
{
    private readonly long[] _counts = new long[Enum.GetValues<RouteOutcome>().Length];
    private long _retries;

    public RetryBudget Budget { get; } = new(time);

    /// <summary>Null where there is no limit.</summary>
    public RouteLimiter? Limiter { get; private init; } = limit is null ? null : new RouteLimiter(limit, time);

    public long Retries => Volatile.Read(ref _retries);

    public long Count(RouteOutcome outcome) => Volatile.Read(ref _counts[(int)outcome]);

    public void Add(RouteOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);

    public void AddRetry() => Interlocked.Increment(ref _retries);

    /// <summary>The same counts with another limit, which starts anew.</summary>
    public RouteState With(RouteLimit? changed)
    {
        if (Limiter?.Limit == changed)
        {
            return this;
        }

        var state = new RouteState(time, changed) { _retries = Retries };
        _counts.CopyTo(state._counts, 0);
        return state;
    }
}
