using System.Runtime.InteropServices;

namespace Rondo.Runtime;

/// <summary>
/// What <see cref="EventLoop.AddSignalHandler(PosixSignal, Action)"/> was given, until it is removed.
/// </summary>
internal sealed class SignalCallback : WrappedCallback, IDisposable
{
    private readonly EventLoop _loop;
    private readonly Action _callback;
    private readonly PosixSignalRegistration _registration;
    private bool _isRemoved;

    public SignalCallback(EventLoop loop, PosixSignal signal, Action callback)
        : base(callback)
    {
        _loop = loop;
        _callback = callback;
        _registration = PosixSignalRegistration.Create(signal, Receive);
    }

    public override void Call()
    {
        // The signal may have been on its way when the handler was removed.
        if (!_isRemoved)
        {
            _callback();
        }
    }

    public void Dispose()
    {
        _isRemoved = true;
        _registration.Dispose();
    }

    // On a thread of the pool. Without Cancel the signal's default action follows, which for most ends the process; so
    // it does when the loop is closed and nobody handles the signal any more.
    private void Receive(PosixSignalContext context) => context.Cancel |= _loop.TryPost(this);
}
