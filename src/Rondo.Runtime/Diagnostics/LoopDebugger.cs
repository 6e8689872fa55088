using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The debug mode of one loop: it keeps what the loop is doing at present, and hands each moment to the detectors that
/// care about it.
/// </summary>
internal sealed class LoopDebugger : ILoopObserver
{
    private readonly EventLoop _loop;
    private readonly SlowCallbackDetector _slowCallbacks;
    private readonly TurnLagDetector _turnLag;
    private readonly SlowPollDetector _slowPolls;

    public LoopDebugger(EventLoop loop)
    {
        _loop = loop;
        _slowCallbacks = new SlowCallbackDetector(loop);
        _turnLag = new TurnLagDetector(loop, TimeProvider.System);
        _slowPolls = new SlowPollDetector(loop);
    }

#pragma warning disable CA2255 // The loop's room lies below this one and cannot name it; it must not have to be asked for.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Attach() => EventLoop.ObserverFactory = static loop => new LoopDebugger(loop);

    public void RunStarting()
    {
    }

    public void RunEnded()
    {
    }

    public void PollStarting()
    {
    }

    public void PollEnded()
    {
        _slowPolls.PollEnded();
        _turnLag.TurnStarting();
    }

    public void CallbackStarting(object callback, object? state)
    {
        _turnLag.CallbackStarting(callback);
        _slowCallbacks.Start(callback, state);
    }

    public void CallbackEnded()
    {
        _slowCallbacks.End();
        _turnLag.CallbackEnded();
    }

    public void TurnEnded() => _turnLag.TurnEnded();

    public void Idle()
    {
        _slowPolls.Idle();
    }

    public void TaskCreated(LoopTask task)
    {
        task.CreationSite = CallStack.Capture();
    }

    public void TaskEnded(LoopTask task)
    {
    }

    public void WaitStarting()
    {
    }

    public void WaitEnded()
    {
    }

    public void Dispose()
    {
    }
}
