using Rondo.Runtime;

namespace Rondo.Services.Chat;

/// <summary>
/// The thread on which all rooms live: what belongs to a room is touched by it alone, so that nothing needs a lock.
/// </summary>
/// <threadsafety>Everything but <see cref="Dispose"/> from any thread.</threadsafety>
internal sealed class ChatLoop : IDisposable
{
    private readonly Thread _thread;

    public ChatLoop(TimeProvider time, ILogger<ChatLoop> logger)
    {
        Loop = new EventLoop(new LoopOptions
        {
            Name = "rondo-chat",
            Clock = time,
            HandleInterrupt = false,
            ErrorHandler = error => ChatLog.CallbackFailed(logger, error.Exception, error.ToString()),
        });
        _thread = new Thread(Loop.RunForever) { IsBackground = true, Name = "rondo-chat" };
        _thread.Start();
    }

    public EventLoop Loop { get; }

    /// <summary>Runs <paramref name="action"/> on the loop, behind what was posted before; not once it has ended.</summary>
    public void Post(Action action)
    {
        try
        {
            Loop.CallSoonThreadSafe(action);
        }
        catch (ObjectDisposedException)
        {
            // The process ends.
        }
    }

    /// <summary>Asks something of what lives on the loop. The caller goes on where it came from.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.CallSoonThreadSafe(() =>
        {
            _ = CarryAsync();
        });
        return await answer.Task;

        async Task CarryAsync()
        {
            try
            {
                answer.TrySetResult(await ask());
            }
            catch (Exception error)
            {
                answer.TrySetException(error);
            }
        }
    }

    public Task<T> AskAsync<T>(Func<T> ask) => AskAsync(() => Task.FromResult(ask()));

    public void Dispose()
    {
        Post(Loop.Stop);
        _thread.Join();
        Loop.Close();
    }
}
