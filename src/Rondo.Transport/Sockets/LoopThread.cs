using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>A loop with its poller and the thread that runs it until it is stopped.</summary>
internal sealed class LoopThread
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoopThread(LinuxCalls calls, string name, Action<LoopError>? onError)
    {
        Calls = calls;
        Poller = new EpollPoller(calls);
        EventLoop? loop = null;
        using var made = new ManualResetEventSlim();

        // Made where it runs: whoever makes a loop owns it, and must not find itself on it by mistake.
        var thread = new Thread(() =>
        {
            loop = new EventLoop(new LoopOptions { Name = name, ErrorHandler = onError }, Poller, shuffle: null);
            made.Set();
            loop.RunForever();
            loop.Close();
            _ended.SetResult();
        })
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        made.Wait();
        Loop = loop!;
    }

    public LinuxCalls Calls { get; }

    public EpollPoller Poller { get; }

    public EventLoop Loop { get; }

    /// <summary>Ends when the loop is closed; never fails.</summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Ends the loop: closes what is registered, runs those who waited for it, stops. Any thread; again only waits.
    /// </summary>
    /// <returns>Whether it has ended within the limit: a callback that does not return keeps it.</returns>
    public async Task<bool> StopAsync(TimeSpan limit)
    {
        Loop.TryDispatch(
            _ =>
            {
                Poller.TellEnding();

                // Behind those who have been woken.
                Loop.TryDispatch(_ => Loop.Stop(), null);
            },
            null);
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
}
