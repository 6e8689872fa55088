using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Refuses a blocking wait on the loop's thread that could never end, and only such a one: it reports what it can
/// prove.
/// </summary>
/// <remarks>
/// Before it blocks, <c>Task.Wait</c> leaves an event among the continuations of the task, and sleeps on that
/// event's monitor. Several threads may do so at once. So each candidate's monitor is pulsed: if that ends the wait
/// which is about to begin on this thread, it is this thread's. The event's waiters look again at what they wait for
/// whenever they wake up, so a pulse does no harm.
/// </remarks>
internal sealed class SelfDeadlockDetector(EventLoop loop)
{
    private const int Enough = 3;

    // The innermost wait of the platform that a stack shows, and whether all ways into it lack a token.
    private static readonly string[] s_withoutToken =
        ["GetResultCore", "get_Result", "HandleNonSuccessAndDebuggerNotification", "GetResult"];

    private Task? _suspect;
    private int _confirmations;

    /// <exception cref="InvalidOperationException">The wait would never end.</exception>
    public void WaitStarting()
    {
        var context = (LoopSynchronizationContext)loop.SynchronizationContext;
        if (!context.IsWaitEndless || !TaskInspector.IsAvailable || context.IsWaitOver)
        {
            return;
        }

        SelfDeadlock? found;
        try
        {
            found = Find(context);
        }
        catch (Exception error)
        {
            // Only what is proved may come out of somebody's wait.
            LoopError.WriteToStandardError(new LoopError(loop, "the search for deadlocks", error));
            return;
        }

        if (found is not null)
        {
            loop.Report(found);
            throw new InvalidOperationException(found.Message);
        }
    }

    private SelfDeadlock? Find(LoopSynchronizationContext context)
    {
        var candidates = new LoopDependency(loop);
        StackTrace? stack = null;
        foreach (var task in candidates.Known)
        {
            var waited = task.IsCompleted ? null : Continuations.Raw(task).OfType<ManualResetEventSlim>().ToList();
            if (waited is null or [] || !candidates.IsNeededBy(task))
            {
                continue;
            }

            if (!CannotBeCancelled(stack ??= new StackTrace(fNeedFileInfo: false)))
            {
                return null;
            }

            if (waited.Exists(e => IsOurs(e, context)))
            {
                return IsConfirmed(task)
                    ? new SelfDeadlock(loop, Caller(), Chain(task))
                    : null;
            }
        }

        _suspect = null;
        return null;
    }

    private static bool IsOurs(ManualResetEventSlim waited, LoopSynchronizationContext context)
    {
        if (context.IsWaitOver
            || TaskInternals.MonitorOf(waited) is not { } monitor
            || !Monitor.TryEnter(monitor))
        {
            return false;
        }

        try
        {
            Monitor.PulseAll(monitor);
        }
        finally
        {
            Monitor.Exit(monitor);
        }

        return context.IsWaitOver;
    }

    private static bool CannotBeCancelled(StackTrace stack)
    {
        // The outermost call into the platform's waiting, right below its caller. A token may come in through
        // some overloads; one that the compiler of machine code has inlined cannot be told, and counts as such.
        var wait = stack.GetFrames().Select(f => f.GetMethod())
            .SkipWhile(m => m?.Name is not ("InternalWaitCore" or "WaitAllBlockingCore"))
            .TakeWhile(m => m?.DeclaringType?.Assembly == typeof(Task).Assembly
                && m.DeclaringType.Namespace is "System.Threading.Tasks" or "System.Runtime.CompilerServices")
            .LastOrDefault();
        return wait is not null && (Array.IndexOf(s_withoutToken, wait.Name) >= 0
            || (wait.Name is "Wait" && wait.GetParameters().Length == 0)
            || (wait.Name is "WaitAll" && wait.GetParameters().Length == 1));
    }

    // The wait may have ended by itself just when we pulsed. Then it does not come back; one that we have ended does.
    private bool IsConfirmed(Task task)
    {
        _confirmations = ReferenceEquals(_suspect, task) ? _confirmations + 1 : 1;
        _suspect = _confirmations < Enough ? task : null;
        return _suspect is null;
    }

    private static string Caller() => CallStack.Capture() switch
    {
        { Method: null } => "a callback",
        { File: null, Method: { } method } => method,
        var caller => $"{caller.Method} at {caller.Top}",
    };

    private List<string> Chain(Task task) => AwaitChain.Of(loop, task) is { Count: > 0 } chain ? chain : ["a task"];
}
