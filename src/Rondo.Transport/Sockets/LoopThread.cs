using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>A loop with its poller and the thread that runs it until it is disposed.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly Thread _thread;

    public LoopThread(LinuxCalls calls, string name, Action<LoopError>? onError)
    {
        Calls = calls;
        Poller = new EpollPoller(calls);
        Loop = new EventLoop(new LoopOptions { ErrorHandler = onError }, Poller, shuffle: null);
        _thread = new Thread(Loop.RunForever) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public LinuxCalls Calls { get; }

    public EpollPoller Poller { get; }

    public EventLoop Loop { get; }

    /// <summary>Stops the loop, waits for its thread, and closes it. Not from the loop's own thread.</summary>
    public void Dispose()
    {
        Loop.Stop();
        _thread.Join();
        Loop.Close();
    }
}
