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

    public LoopDebugger(EventLoop loop)
    {
        _loop = loop;
        _slowCallbacks = new SlowCallbackDetector(loop);
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
    }

    public void CallbackStarting(object callback, object? state)
    {
        _slowCallbacks.Start(callback, state);
    }

    public void CallbackEnded()
    {
        _slowCallbacks.End();
    }

    public void TurnEnded()
    {
    }

    public void Idle()
    {
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
