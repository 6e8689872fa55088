using Rondo.Runtime;

namespace Rondo.Services.Hosting;

/// <summary>
/// The thread on which a service's state lives: what belongs to it is touched by it alone, so that nothing needs a
/// lock.
/// </summary>
/// <threadsafety>Everything but <see cref="Dispose"/> from any thread.</threadsafety>
internal abstract class ServiceLoop : IDisposable
{
    private readonly Thread _thread;

    protected ServiceLoop(string name, TimeProvider time, Action<LoopError> failed)
    {
        Loop = new EventLoop(new LoopOptions
        {
            Name = name,
            Clock = time,
            HandleInterrupt = false,
            ErrorHandler = failed,
        });
        _thread = new Thread(Loop.RunForever) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public EventLoop Loop { get; }

    /// <summary>
    /// Runs <paramref name="action"/> on the loop, behind what was posted before; not once it has ended.
    /// </summary>
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
