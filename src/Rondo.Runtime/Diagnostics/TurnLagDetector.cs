namespace Rondo.Runtime.Diagnostics;

/// <summary>Times whole turns. A turn with a slow callback in it is that callback's affair.</summary>
/// <param name="loop">The loop.</param>
/// <param name="clock">The system's, but for tests.</param>
internal sealed class TurnLagDetector(EventLoop loop, TimeProvider clock)
{
    private long _turnStart;
    private long _lastEnd;
    private int _callbacks;
    private object? _callback;
    private object? _longest;
    private TimeSpan _longestTook;

    public void TurnStarting()
    {
        _lastEnd = _turnStart = clock.GetTimestamp();
        _callbacks = 0;
        _longestTook = TimeSpan.Zero;
    }

    public void CallbackStarting(object callback) => _callback = callback;

    public void CallbackEnded()
    {
        // The end of one is the start of the next: one look at the clock for each.
        var end = clock.GetTimestamp();
        var took = clock.GetElapsedTime(_lastEnd, end);
        _lastEnd = end;
        _callbacks++;
        if (took >= _longestTook)
        {
            _longestTook = took;
            _longest = _callback;
        }

        _callback = null;
    }

    public void TurnEnded()
    {
        var limit = loop.Options.SlowCallbackDuration;
        var took = clock.GetElapsedTime(_turnStart, _lastEnd);

        // No longest one: the debug mode was switched on in the middle of the turn.
        if (took >= limit && _longestTook < limit && _longest is { } longest)
        {
            loop.Report(new TurnLag(loop, _callbacks, took, LoopError.NameOf(longest), _longestTook));
        }

        _longest = null;
    }
}
