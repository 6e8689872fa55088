namespace Rondo.Services.Hosting;

/// <summary>Lets a few through at once, and so many a second over time.</summary>
internal sealed class TokenBucket(TimeProvider time)
{
    private double _spent;
    private long _at = time.GetTimestamp();

    /// <summary>Whether nothing is owed any more: another bucket would do as well.</summary>
    public bool IsFull(double perSecond) => Spent(perSecond) <= 0;

    /// <summary>Takes one; else tells how long until there is one.</summary>
    public TimeSpan? TryTake(double perSecond, int burst)
    {
        (_spent, _at) = (Spent(perSecond), time.GetTimestamp());
        if (_spent + 1 > burst)
        {
            return TimeSpan.FromSeconds((_spent + 1 - burst) / perSecond);
        }

        _spent++;
        return null;
    }

    private double Spent(double perSecond) =>
        Math.Max(0, _spent - (time.GetElapsedTime(_at).TotalSeconds * perSecond));
}
