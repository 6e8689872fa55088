using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Rondo.Runtime.Diagnostics;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>
/// The context of a request's application code. What it awaits comes back to the connection's loop, or to a spare
/// thread if the endpoint is known to block; before it waits in the runtime, the loop leaves its thread.
/// </summary>
internal sealed class RequestContext : SynchronizationContext, IApplicationWork
{
    // A lock that is free again so soon costs no thread.
    private const int ShortWaitMilliseconds = 1;
    private const int WaitTimedOut = 258;
    private const int BlockedForSure = 4;

    private static readonly Action<object?> s_runOnSpare = static c => ((Continuation)c!).RunOnSpare();
    private static readonly Action<object?> s_runOnLoop = static c => ((Continuation)c!).RunOnLoop();
    private static readonly WaitCallback s_runOnPool = static c => ((Continuation)c!).Run();

    private readonly LoopThread _thread;
    private readonly BlockingEndpoints _blocking;
    private readonly string _method;
    private readonly string _path;

    public RequestContext(LoopThread thread, BlockingEndpoints blocking, string method, string path)
    {
        _thread = thread;
        _blocking = blocking;
        _method = method;
        _path = path;
        SetWaitNotificationRequired();
    }

    /// <summary>
    /// Whether it does for a request as well: it holds nothing but the endpoint. A path that is asked for again is
    /// usually the same object.
    /// </summary>
    public bool IsFor(string method, string path) => (ReferenceEquals(path, _path) || path == _path)
        && method == _method;

    public string Name => $"{_method} {_path}";

    /// <summary>Whether the endpoint has blocked lately.</summary>
    public bool IsKnownToBlock => _blocking.Contains(_method, _path);

    public override void Post(SendOrPostCallback d, object? state)
    {
        var continuation = new Continuation(this, d, state);
        if (!TryRunOnSpare(continuation))
        {
            ToLoop(continuation);
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    public override int Wait(nint[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        if (millisecondsTimeout is >= 0 and <= ShortWaitMilliseconds)
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }

        var outcome = WaitHelper(waitHandles, waitAll, ShortWaitMilliseconds);
        if (outcome != WaitTimedOut)
        {
            return outcome;
        }

        // Our own locks must not bring us here again.
        Leave();
        var monitor = _thread.Monitor!;
        if (!monitor.Blocks(_thread.Loop))
        {
            HasBlocked();
        }

        var rest = millisecondsTimeout < 0 ? millisecondsTimeout : millisecondsTimeout - ShortWaitMilliseconds;
        var limit = (int)BlockingReporter.Limit.TotalMilliseconds;
        if (monitor.Reporter is { } reporter && (rest < 0 || rest > limit))
        {
            outcome = WaitHelper(waitHandles, waitAll, limit);
            if (outcome != WaitTimedOut)
            {
                SetSynchronizationContext(this);
                return outcome;
            }

            reporter.HasWaited(_thread.Loop, Name, BlockingReporter.Limit);
            rest = rest < 0 ? rest : rest - limit;
        }

        SetSynchronizationContext(this);
        return WaitHelper(waitHandles, waitAll, rest);
    }

    public void HasBlocked() => _blocking.Add(_method, _path);

    /// <summary>From here to <see cref="Leave"/> the calling thread runs the request's code.</summary>
    public void Enter()
    {
        var loop = _thread.Loop;
        if (loop.IsRunByCaller)
        {
            loop.RunsFor = this;
        }

        SetSynchronizationContext(this);
    }

    /// <summary>The server's own code has no context.</summary>
    public static void Leave() => SetSynchronizationContext(null);

    private bool TryRunOnSpare(Continuation continuation) =>
        IsKnownToBlock && _thread.Monitor!.Spares.TryRun(s_runOnSpare, continuation);

    // A request that outlives its loop still ends.
    private void ToLoop(Continuation continuation)
    {
        if (!_thread.Loop.TryDispatch(s_runOnLoop, continuation))
        {
            ThreadPool.UnsafeQueueUserWorkItem(s_runOnPool, continuation);
        }
    }

    private sealed class Continuation(RequestContext context, SendOrPostCallback callback, object? state)
    {
        public void Run()
        {
            context.Enter();
            try
            {
                callback(state);
            }
            finally
            {
                Leave();
            }
        }

        // Of many that have come at once over HTTP/2, the first one shows what the others would do.
        public void RunOnLoop()
        {
            if (!context.TryRunOnSpare(this))
            {
                Run();
            }
        }

        // No loop notices here whether the endpoint still blocks. What took somewhat longer than it may says nothing:
        // it may have waited for the processor.
        public void RunOnSpare()
        {
            var start = Stopwatch.GetTimestamp();
            var reporter = context._thread.Monitor!.Reporter;
            var hasEnded = reporter is null ? null : new ManualResetEventSlim();
            reporter?.Watch(context._thread.Loop, context.Name, WatchedLoop.CurrentThread(), hasEnded!);
            try
            {
                Run();
            }
            catch (Exception error)
            {
                // What escapes (async void) is reported like that of any callback.
                context._thread.Loop.Dispatch((Action)ExceptionDispatchInfo.Capture(error).Throw, null);
            }

            hasEnded?.Set();
            var took = Stopwatch.GetElapsedTime(start);
            var limit = context._thread.Monitor!.Limit;
            if (took < limit)
            {
                context._blocking.Forgive(context._method, context._path);
            }
            else if (took >= BlockedForSure * limit)
            {
                context.HasBlocked();
            }
        }
    }
}
