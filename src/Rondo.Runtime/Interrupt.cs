using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <summary>
/// Ctrl-C during <see cref="EventLoop.Run(Func{Task}, LoopOptions?)"/>: the first cancels the main task; the second, or
/// one after the main task has ended, is left to the operating system, which ends the process at once.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private const int ExitCode = 130;

    private static int s_isExitCodeSet;

    private readonly EventLoop _loop;
    private readonly PosixSignalRegistration _registration;
    private int _isUsedUp;
    private bool _hasCancelledMain;

    public Interrupt(EventLoop loop)
    {
        _loop = loop;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive);
    }

    public void Dispose() => _registration.Dispose();

    /// <summary>The main task has ended: nothing is left that a signal could cancel.</summary>
    public void MainEnded() => Interlocked.Exchange(ref _isUsedUp, 1);

    /// <summary>Whether the main task's cancellation was this one's doing.</summary>
    public bool HasCancelled(LoopTask main) => _hasCancelledMain && main.IsCanceled;

    /// <summary>
    /// From now on, a process that dies of the exception exits as one that was interrupted does, and says nothing.
    /// </summary>
    public static void SetExitCode()
    {
        if (Interlocked.Exchange(ref s_isExitCodeSet, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += static (_, unhandled) =>
            {
                if (unhandled.ExceptionObject is KeyboardInterruptException)
                {
                    Environment.Exit(ExitCode);
                }
            };
        }
    }

    // On a thread of the pool, so a loop that is stuck does not keep the second signal from ending the process.
    private void Receive(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _isUsedUp, 1) == 0)
        {
            context.Cancel |= _loop.TryDispatch(static self => ((Interrupt)self!).CancelMain(), this);
        }
    }

    private void CancelMain()
    {
        // Before it is cancelled: a callback of its token may throw.
        var main = _loop.Main!;
        _hasCancelledMain = !main.IsCompleted;
        _loop.NameLater([main], static main => $"task {main}");
        main.Cancel("interrupted by Ctrl-C");
    }
}
