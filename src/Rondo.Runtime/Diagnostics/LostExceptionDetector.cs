using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Finds failures that nobody looks at. Of its own tasks the loop says so. A plain task tells it to the collector only;
/// which loop it concerns is known because the exception was marked when it was thrown there.
/// </summary>
internal sealed class LostExceptionDetector(EventLoop loop)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Dependent handles: a mark lives as long as its exception and keeps its loop no longer than that.
    private static readonly ConditionalWeakTable<Exception, EventLoop> s_thrownOn = [];

    private bool _hasThrownLately;
    private long? _lastCollection;

    static LostExceptionDetector() => TaskScheduler.UnobservedTaskException += static (task, args) =>
    {
        foreach (var error in args.Exception.Flatten().InnerExceptions)
        {
            if (s_thrownOn.TryGetValue(error, out var loop))
            {
                loop.Report(new LostException(loop, NameOf(task), error, CreatedAt: null));
            }
        }
    };

    /// <summary>Whether anything was thrown at all: then a failed task may have been dropped.</summary>
    public bool HasThrown { get; private set; }

    /// <summary>On the loop's thread, for every exception, whether or not it will be caught.</summary>
    public void Thrown(Exception error)
    {
        // A cancelled task is not a failed one.
        if (error is not OperationCanceledException)
        {
            s_thrownOn.AddOrUpdate(error, loop);
            HasThrown = _hasThrownLately = true;
        }
    }

    public void Lost(string origin, Exception error, CallStack? creation) =>
        loop.Report(new LostException(loop, origin, error, creation?.ToString()));

    public void Idle()
    {
        // A task that was just dropped is young. To collect the youngest generation takes less than a slow callback;
        // to collect all of them would be one.
        if (_hasThrownLately && (_lastCollection is not { } last || Stopwatch.GetElapsedTime(last) >= s_pause))
        {
            _hasThrownLately = false;
            GC.Collect(generation: 0, GCCollectionMode.Forced, blocking: true);
            _lastCollection = Stopwatch.GetTimestamp();
        }
    }

    // The platform's type of an async method's task has the compiler's type of the method as an argument.
    private static string NameOf(object? task) =>
        task?.GetType().GenericTypeArguments.FirstOrDefault(typeof(IAsyncStateMachine).IsAssignableFrom) is { } machine
            ? MethodName.OfStateMachine(machine)
            : "a plain task";
}
