namespace Rondo.Services.Gateway;

/// <summary>
/// Lets second attempts be a fifth of the first ones at most, so that a service that fails for want of breath does not
/// get twice the load. A few are always allowed, or a quiet route would have none.
/// </summary>
/// <threadsafety>
/// Every member from any thread; around the turn of a window a few may be counted in the wrong one.
/// </threadsafety>
internal sealed class RetryBudget(TimeProvider time)
{
    private const int AlwaysAllowed = 3;
    private const int OneOf = 5;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private long _began = time.GetTimestamp();
    private int _requests;
    private int _retries;

    /// <summary>Whether there is one left.</summary>
    public bool HasLeft => Volatile.Read(ref _retries) < Math.Max(AlwaysAllowed, Volatile.Read(ref _requests) / OneOf);

    /// <param name="now">A timestamp of the clock.</param>
    public void Count(long now)
    {
        var began = Volatile.Read(ref _began);
        if (time.GetElapsedTime(began, now) >= Window
            && Interlocked.CompareExchange(ref _began, now, began) == began)
        {
            Volatile.Write(ref _requests, 0);
            Volatile.Write(ref _retries, 0);
        }

        Interlocked.Increment(ref _requests);
    }

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        if (!HasLeft)
        {
            return false;
        }

        Interlocked.Increment(ref _retries);
        return true;
    }
}
