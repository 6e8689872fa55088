using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <content>Signals of the operating system.</content>
public sealed partial class EventLoop
{
    private readonly Dictionary<PosixSignal, IDisposable> _signals = [];

    /// <summary>
    /// Calls back on the loop, as an ordinary callback, each time the process receives <paramref name="signal"/>; its
    /// default action, such as ending the process, no longer happens. Replaces the handler that this loop has for the
    /// signal, also the one with which <see cref="Run(Func{Task}, LoopOptions?)"/> waits for Ctrl-C; handlers of other
    /// loops, and of the rest of the process, are called as well. They end with the loop.
    /// </summary>
    /// <param name="signal">Which; a raw number of the operating system serves, too.</param>
    /// <param name="callback">Runs under the context of who adds it.</param>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    /// <exception cref="IOException">The operating system does not let this signal be handled.</exception>
    /// <exception cref="PlatformNotSupportedException">This operating system does not know the signal.</exception>
    public void AddSignalHandler(PosixSignal signal, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckCaller();
        HandleSignal(signal, new SignalCallback(this, signal, callback));
    }

    /// <summary>Takes the handler away; one that is on its way is not called any more.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool RemoveSignalHandler(PosixSignal signal)
    {
        CheckCaller();
        if (!_signals.Remove(signal, out var handler))
        {
            return false;
        }

        handler.Dispose();
        return true;
    }

    /// <summary>Keeps what handles a signal, in place of what did before.</summary>
    internal void HandleSignal(PosixSignal signal, IDisposable handler)
    {
        RemoveSignalHandler(signal);
        _signals[signal] = handler;
    }

    private void RemoveSignalHandlers()
    {
        foreach (var handler in _signals.Values)
        {
            handler.Dispose();
        }

        _signals.Clear();
    }
}
