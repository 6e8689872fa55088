using Rondo.Runtime.Executors;

namespace Rondo.Services.Demo;

/// <summary>One second's wait, in the ways in which the talks' servers do it.</summary>
internal sealed class DemoWork(TimeProvider time) : IDisposable, IAsyncDisposable
{
    // So that a flood is refused, and not remembered.
    private const int MostWaiting = 1000;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);

    private readonly ThreadExecutor _one = Executor("demo-sync", threads: 1);
    private readonly ThreadExecutor _many = Executor("demo-threads", Environment.ProcessorCount + 4);

    private readonly ProcessExecutor _processes = new(new ProcessExecutorOptions
    {
        Name = "demo-processes",
        QueueLimit = MostWaiting,
        ShutdownLimit = s_wait,
    });

    /// <summary>One request at a time, as a server with one thread.</summary>
    public Task OneAtATimeAsync(CancellationToken cancelled) => _one.SubmitAsync(Wait, cancelled);

    /// <summary>Holds the thread that serves the connection, and whoever needs it.</summary>
    public static Task BlockedAsync()
    {
        Wait();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Holds a process of a pool; as many requests at a time as there are processors. They start with the first.
    /// </summary>
    public Task InProcessAsync(CancellationToken cancelled) => _processes.SubmitAsync(Wait, cancelled);

    /// <summary>Holds nothing.</summary>
    public Task AwaitedAsync(CancellationToken cancelled) => Task.Delay(s_wait, time, cancelled);

    /// <summary>Holds a thread of a pool; as many requests at a time as it has threads.</summary>
    public Task OnThreadAsync(CancellationToken cancelled) => _many.SubmitAsync(Wait, cancelled);

    public void Dispose() => _ = DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _many.DisposeAsync();
        await _processes.DisposeAsync();
    }

    private static ThreadExecutor Executor(string name, int threads) => new(new ThreadExecutorOptions
    {
        Name = name,
        MaxThreads = threads,
        QueueLimit = MostWaiting,
        ShutdownLimit = s_wait,
    });

    private static bool Wait()
    {
#pragma warning disable RS0030 // To hold a thread up is what these modes show.
        Thread.Sleep(s_wait);
#pragma warning restore RS0030
        return true;
    }
}
