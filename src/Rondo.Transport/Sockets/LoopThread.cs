using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>
/// A loop with its poller and the thread that runs it until it is stopped: always the same one, or with a monitor
/// another one whenever application code blocks it.
/// </summary>
internal sealed class LoopThread
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopConnector? _connector;

    public LoopThread(LinuxCalls calls, string name, Action<LoopError>? onError)
        : this(calls, new LoopOptions { Name = name, ErrorHandler = onError }, monitor: null)
    {
    }

    public LoopThread(LinuxCalls calls, LoopOptions options, LoopMonitor? monitor)
    {
        Calls = calls;
        Reserve = new DescriptorReserve(calls.DescriptorLimit());
        Monitor = monitor;
        Poller = new EpollPoller(calls);
        options = options with { HandOver = monitor };
        Loop = monitor is null ? Run(options) : RunHandedOver(options, monitor);
    }

    private LoopThread(LinuxCalls calls, LoopOptions options)
    {
        Calls = calls;
        Reserve = new DescriptorReserve(calls.DescriptorLimit());
        Poller = new EpollPoller(calls);
        Loop = new EventLoop(options, Poller, shuffle: null);
    }

    public LinuxCalls Calls { get; }

    /// <summary>Which descriptors connections are not left with.</summary>
    public DescriptorReserve Reserve { get; }

    public EpollPoller Poller { get; }

    public EventLoop Loop { get; }

    /// <summary>Who hands the loop over; null if nobody does.</summary>
    public LoopMonitor? Monitor { get; }

    /// <summary>Connects on this loop, with the default options. Any thread.</summary>
    public LoopConnector Connector => LazyInitializer.EnsureInitialized(
        ref _connector, () => new LoopConnector(this, new LoopConnectorOptions()));

    /// <summary>Ends when the loop is closed; never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Runs a program on the calling thread, with sockets of this transport, until it ends; then what it has left open
    /// is closed.
    /// </summary>
    public static void Run(LinuxCalls calls, LoopOptions options, Func<LoopThread, Task> main)
    {
        var thread = new LoopThread(calls, options);
        thread.Loop.RunToTheEnd(
            async () =>
            {
                try
                {
                    await main(thread);
                    return true;
                }
                finally
                {
                    thread.Poller.TellEnding();
                    thread._ended.SetResult();
                }
            },
            () => null);
    }

    /// <summary>
    /// Ends the loop: closes what is registered, runs those who waited for it, stops. Any thread; again only waits.
    /// </summary>
    /// <returns>Whether it has ended within the limit: a callback that does not return keeps it.</returns>
    public async Task<bool> StopAsync(TimeSpan limit)
    {
        Loop.TryDispatch(new LoopCode(() =>
        {
            Poller.TellEnding();

            // Behind those who have been woken.
            Loop.TryDispatch(new LoopCode(Loop.Stop));
        }));
        try
        {
            // Not back to the loop, should it be the caller's.
            await Ended.WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private EventLoop Run(LoopOptions options)
    {
        EventLoop? loop = null;

        // Not disposed: who sets it may not have returned when we go on.
        var made = new ManualResetEventSlim();

        // Made where it runs: whoever makes a loop owns it, and must not find itself on it by mistake.
        var thread = new Thread(() =>
        {
            loop = new EventLoop(options, Poller, shuffle: null);
            made.Set();
            loop.RunForever();
            loop.Close();
            _ended.SetResult();
        })
        {
            Name = options.Name,
            IsBackground = true,
        };
        thread.Start();
        made.Wait();
        return loop!;
    }

    private EventLoop RunHandedOver(LoopOptions options, LoopMonitor monitor)
    {
        // Ours until it runs, so we wait for that. Not disposed, as above.
        var runs = new ManualResetEventSlim();
        var loop = new EventLoop(options, Poller, shuffle: null);
        loop.Dispatch(new LoopCode(runs.Set), null);
        monitor.Start(loop, () =>
        {
            loop.Close();
            _ended.SetResult();
        });
        runs.Wait();
        return loop;
    }
}
