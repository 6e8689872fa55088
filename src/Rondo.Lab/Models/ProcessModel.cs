using Rondo.Runtime;
using Rondo.Runtime.Executors;

namespace Rondo.Lab.Models;

/// <summary>
/// <c>proc:N</c>: an event loop that hands the work to a pool of N processes (asyncio: <c>run_in_executor</c> with a
/// <c>ProcessPoolExecutor</c>). The loop stays free whatever the work does, a crash included; N requests are at work,
/// the others queue.
/// </summary>
internal sealed class ProcessModel(int processes) : IServerModel
{
    /// <exception cref="NotSupportedException">The handler is an object that cannot go to another process.</exception>
    public void Run(ModelSetup setup)
    {
        if (setup.Handler is not HowdyHandler handler)
        {
            throw new NotSupportedException($"A {setup.Handler.GetType().Name} cannot go to another process.");
        }

        // A method goes to a worker, and values; not the handler.
        var (wait, compute, memoryBytes) = handler.Work;
        var executor = new ProcessExecutor(new ProcessExecutorOptions
        {
            Name = "server",
            Workers = processes,
            Initializer = BusyProcessor.Calibrate,
        });
        setup.TellQueue?.Invoke(() => executor.QueueLength);
        LoopModel.Run(
            setup,
            async _ => await EventLoop.Running!.RunInExecutor(
                executor, () => HowdyHandler.AnswerAnywhere(wait, compute, memoryBytes)),
            executor,
            () => StartAsync(executor, processes));
    }

    /// <summary>Has the workers started before the first client comes, so that none waits for a start.</summary>
    private static async Task StartAsync(ProcessExecutor executor, int processes)
    {
        var moment = TimeSpan.FromMilliseconds(10);
        while (executor.WorkerCount < processes)
        {
            // As many calls as workers: the pool then starts all of them.
            await Task.WhenAll(Enumerable.Range(0, processes).Select(
                _ => executor.CallAsync(() => HowdyHandler.AnswerAnywhere(moment, TimeSpan.Zero, 0))));
        }
    }
}
