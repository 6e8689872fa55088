using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>Times each callback and reports those that took too long, once they have returned.</summary>
internal sealed class SlowCallbackDetector(EventLoop loop)
{
    private object? _callback;
    private long _start;

    public void Start(object callback, object? state)
    {
        _callback = callback;
        _start = Stopwatch.GetTimestamp();
    }

    public void End()
    {
        var took = Stopwatch.GetElapsedTime(_start);
        if (took >= loop.Options.SlowCallbackDuration)
        {
            loop.Report(new SlowCallback(loop, LoopError.NameOf(_callback!), took));
        }

        _callback = null;
    }
}
