using System.Collections.Concurrent;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>
/// Gives out the calls, which are used again and again, and ends those that take too long: it looks at all of them ten
/// times a second, so that a request sets a number and no timer. It rests while there is none.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ForwardedCalls : IDisposable
{
    /// <summary>How much later than its deadline a call may end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private const int MostRested = 1024;

    private readonly ConcurrentDictionary<ForwardedCall, bool> _all = new();
    private readonly ConcurrentQueue<ForwardedCall> _rested = new();
    private readonly ITimer _timer;
    private int _restedCount;
    private int _isRunning;

    public ForwardedCalls(TimeProvider time, KeyRevocations revocations, CancellationToken stopping)
    {
        (Time, Revocations, Stopping) = (time, revocations, stopping);
        _timer = time.CreateTimer(
            static self => ((ForwardedCalls)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time { get; }

    public KeyRevocations Revocations { get; }

    /// <summary>The server stops.</summary>
    public CancellationToken Stopping { get; }

    /// <param name="context">The request.</param>
    /// <param name="decision">What was decided about it.</param>
    /// <param name="key">Whose it is; null when nobody had to show a key.</param>
    /// <param name="total">How long it may take.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public ForwardedCall Start(
        HttpContext context, in RouteDecision decision, StoredKey? key, TimeSpan total, long now)
    {
        if (_rested.TryDequeue(out var call))
        {
            Interlocked.Decrement(ref _restedCount);
        }
        else
        {
            call = new ForwardedCall(this);
            _all[call] = true;
        }

        call.Begin(context, decision, key, now + (long)(total.TotalSeconds * Time.TimestampFrequency));

        // Behind the deadline, which was set with a fence: who stops the timer looks for deadlines afterwards.
        if (Volatile.Read(ref _isRunning) == 0)
        {
            Run();
        }

        return call;
    }

    /// <summary>A call is over.</summary>
    public void End(ForwardedCall call)
    {
        if (call.End() && Volatile.Read(ref _restedCount) < MostRested)
        {
            Interlocked.Increment(ref _restedCount);
            _rested.Enqueue(call);
        }
        else
        {
            _all.TryRemove(call, out _);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            _timer.Change(Interval, Interval);
        }
    }

    private void Look()
    {
        if (EndLate())
        {
            return;
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _isRunning, 0);
        if (EndLate())
        {
            Run();
        }
    }

    /// <returns>Whether any call has a deadline to come.</returns>
    private bool EndLate()
    {
        var now = Time.GetTimestamp();
        var hasMore = false;
        foreach (var (call, _) in _all)
        {
            hasMore |= call.EndIfLate(now);
        }

        return hasMore;
    }
}
