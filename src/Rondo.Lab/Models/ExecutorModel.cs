using Rondo.Runtime;
using Rondo.Runtime.Executors;

namespace Rondo.Lab.Models;

/// <summary>
/// <c>exec:N</c>: synchronous code made awaitable from outside, by a wrapper that runs all of it in an executor of N
/// threads. The easy way to an asynchronous server, and N is its ceiling: N requests are at work, whatever they do.
/// </summary>
internal sealed class ExecutorModel(int threads) : IServerModel
{
    public void Run(ModelSetup setup)
    {
        var executor = new ThreadExecutor(new ThreadExecutorOptions { Name = "server", MaxThreads = threads });
        setup.TellQueue?.Invoke(() => executor.QueueLength);
        LoopModel.Run(setup, ForceAsync(executor, setup.Handler.AnswerBlocking), executor);
    }

    /// <summary>Turns a function that blocks into one that is awaited; neither knows of an event loop.</summary>
    private static Func<string, ValueTask<HttpAnswer>> ForceAsync(
        IExecutor executor, Func<string, HttpAnswer> answer) =>
        target => new ValueTask<HttpAnswer>(executor.SubmitAsync(() => answer(target)));
}
