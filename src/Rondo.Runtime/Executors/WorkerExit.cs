using System.Globalization;

namespace Rondo.Runtime.Executors;

/// <summary>Why a worker process has ended.</summary>
/// <threadsafety>Immutable.</threadsafety>
public enum WorkerExitReason
{
    /// <summary>By itself: a crash, a signal from outside, or the code in it ended the process.</summary>
    Crashed,

    /// <summary>It had run as many calls as it may.</summary>
    Retired,

    /// <summary>Killed, because a call took too long.</summary>
    TimedOut,

    /// <summary>Killed, because the call that ran was cancelled.</summary>
    Cancelled,

    /// <summary>The executor was shut down.</summary>
    ShutDown,

    /// <summary>It never came so far as to serve.</summary>
    NotStarted,
}

/// <summary>The end of a worker process.</summary>
/// <param name="ProcessId">Its process id; 0 if there was no process.</param>
/// <param name="ExitCode">Its exit code; 128 and the number of a signal (on Unix) if that ended it.</param>
/// <param name="Reason">Why it ended.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record WorkerExit(int ProcessId, int ExitCode, WorkerExitReason Reason)
{
    private const int SignalBase = 128;
    private const int Signals = 64;

    /// <summary>The name of the signal that ended it, as its exit code tells: SIGKILL; null if none did.</summary>
    public string? Signal => OperatingSystem.IsWindows() || ExitCode <= SignalBase || ExitCode > SignalBase + Signals
        ? null
        : (ExitCode - SignalBase) switch
        {
            1 => "SIGHUP",
            2 => "SIGINT",
            3 => "SIGQUIT",
            4 => "SIGILL",
            5 => "SIGTRAP",
            6 => "SIGABRT",
            8 => "SIGFPE",
            9 => "SIGKILL",
            11 => "SIGSEGV",
            13 => "SIGPIPE",
            14 => "SIGALRM",
            15 => "SIGTERM",
            var other => string.Create(CultureInfo.InvariantCulture, $"signal {other}"),
        };

    /// <summary>How it ended, for people: <c>by SIGKILL</c>, <c>with exit code 3</c>.</summary>
    internal string How => Signal is { } signal
        ? $"by {signal}"
        : string.Create(CultureInfo.InvariantCulture, $"with exit code {ExitCode}");
}
