using Rondo.Runtime;
using Rondo.Runtime.Executors;

namespace Rondo.Lab.Models;

/// <summary>
/// <c>pool:N</c>: an event loop that hands what blocks to a pool of N threads (asyncio: <c>run_in_executor</c>). The
/// loop stays free; N requests are at work, the others queue.
/// </summary>
internal sealed class PoolModel(int threads) : IServerModel
{
    public void Run(ModelSetup setup)
    {
        var executor = new ThreadExecutor(new ThreadExecutorOptions { Name = "server", MaxThreads = threads });
        setup.TellQueue?.Invoke(() => executor.QueueLength);
        LoopModel.Run(
            setup,
            async target => await EventLoop.Running!.RunInExecutor(() => setup.Handler.AnswerBlocking(target)),
            executor);
    }
}
