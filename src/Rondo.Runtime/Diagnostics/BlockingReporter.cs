using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Says what blocks a loop that is handed over, with its line. By then the loop runs elsewhere, so it is the blocked
/// thread that is looked at: by itself, in a wait of the runtime; else by a sample. Any thread.
/// </summary>
internal sealed class BlockingReporter
{
    private static readonly TimeSpan s_samplePause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CallSites _sites = new();
    private readonly Dictionary<string, Sight?> _next = [];
    private long? _lastSample;

    /// <summary>How long something may block before it is reported, as in the debug mode of other loops.</summary>
    public static TimeSpan Limit { get; } = new LoopOptions().SlowCallbackDuration;

    /// <summary>The calling thread has waited for so long, and is about to go on waiting.</summary>
    public void HasWaited(EventLoop loop, string callback, TimeSpan held) =>
        Report(BlockingCall.Of(loop, callback, held, LoopStack.From(new StackTrace()), systemCall: null));

    /// <summary>
    /// Looks what a thread is doing if it is still at it after the limit. Returns at once. Of several that run the same,
    /// one is looked at, and the newest after it.
    /// </summary>
    /// <param name="loop">The loop that it has blocked.</param>
    /// <param name="callback">What it runs.</param>
    /// <param name="thread">The thread; null where the system does not tell, and then nothing is looked at.</param>
    /// <param name="hasEnded">Set when it has come back.</param>
    public void Watch(EventLoop loop, string callback, OsThread? thread, ManualResetEventSlim hasEnded)
    {
        if (thread is null)
        {
            return;
        }

        var sight = new Sight(loop, callback, thread, hasEnded);
        using (_gate.EnterScope())
        {
            if (_next.ContainsKey(callback))
            {
                _next[callback] = sight;
                return;
            }

            _next[callback] = null;
        }

        new Thread(() => Look(sight)) { IsBackground = true, Name = "Rondo blocking" }.UnsafeStart();
    }

    private void Look(Sight? sight)
    {
        while (sight is { Callback: var callback })
        {
            LookAt(sight);
            using (_gate.EnterScope())
            {
                sight = _next[callback];
                if (sight is null)
                {
                    _next.Remove(callback);
                }
                else
                {
                    _next[callback] = null;
                }
            }
        }
    }

    private void LookAt(Sight sight)
    {
        if (sight.HasEnded.Wait(Limit) || sight.HasEnded.Wait(PauseLeft()))
        {
            return;
        }

        var held = Stopwatch.GetElapsedTime(sight.Start);
        var systemCall = sight.Thread.SystemCall();
        var stack = Sampler.TryTake(sight.Thread.Id, () => !sight.HasEnded.IsSet);
        if (stack?.Method is null)
        {
            stack = Sampler.TryTake(sight.Thread.Id, () => !sight.HasEnded.IsSet) ?? stack;
        }

        // Who has come back before it could be seen is seen the next time.
        if (stack is not null)
        {
            Report(BlockingCall.Of(sight.Loop, sight.Callback, held, stack, systemCall) with { IsSampled = true });
        }
    }

    // A sample stops all threads for a moment: seldom.
    private TimeSpan PauseLeft()
    {
        using (_gate.EnterScope())
        {
            var now = Stopwatch.GetTimestamp();
            var left = _lastSample is { } last ? s_samplePause - Stopwatch.GetElapsedTime(last, now) : TimeSpan.Zero;
            _lastSample = now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private void Report(BlockingCall call)
    {
        bool isNew;
        using (_gate.EnterScope())
        {
            isNew = _sites.MayReport(call.File is null ? call.Callback : $"{call.File}:{call.Line}", isSample: false);
        }

        if (isNew)
        {
            call.Loop!.Report(call);
        }
    }

    private sealed record Sight(EventLoop Loop, string Callback, OsThread Thread, ManualResetEventSlim HasEnded)
    {
        public long Start { get; } = Stopwatch.GetTimestamp();
    }
}
