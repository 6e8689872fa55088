namespace Rondo.Runtime.Executors;

/// <summary>
/// The worker process that ran a call has died, or none could be started for it. No other call is affected, and the
/// worker is replaced. Whether the call has had an effect is not known.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class WorkerCrashedException : Exception
{
    internal WorkerCrashedException(string message, WorkerExit? exit, Exception? inner = null)
        : base(message, inner) => Exit = exit;

    /// <summary>How the process ended; null if there was none.</summary>
    public WorkerExit? Exit { get; }

    /// <summary>Its exit code; null if there was no process.</summary>
    public int? ExitCode => Exit?.ExitCode;

    /// <summary>The signal that ended it, <c>SIGSEGV</c>; null if none did.</summary>
    public string? Signal => Exit?.Signal;
}
