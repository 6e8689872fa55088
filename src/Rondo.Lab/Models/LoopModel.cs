using System.Net;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Models;

/// <summary>
/// <c>loop</c>: one thread, an event loop, and a handler that awaits. While one request waits, the loop serves the
/// others; what it computes, it computes for one at a time.
/// </summary>
internal sealed class LoopModel : IServerModel
{
    /// <summary>Of the loop that serves.</summary>
    public const string LoopName = "server";

    public void Run(ModelSetup setup) => Run(setup, setup.Handler.AnswerAsync);

    /// <summary>Serves on a loop until it is stopped: what all models on a loop share.</summary>
    /// <param name="setup">The server's.</param>
    /// <param name="answer">Runs on the loop.</param>
    /// <param name="executor">Becomes the loop's, which shuts it down in the end.</param>
    /// <param name="prepare">Runs on the loop before it listens.</param>
    public static void Run(
        ModelSetup setup,
        Func<string, ValueTask<HttpAnswer>> answer,
        IExecutor? executor = null,
        Func<Task>? prepare = null)
    {
        try
        {
            LoopThread.Run(
                OperatingSystem.IsLinux() ? new LinuxCalls() : new PortableCalls(),
                new LoopOptions { Name = LoopName, ExecutorShutdownLimit = TimeSpan.FromSeconds(2) },
                async thread =>
                {
                    EventLoop.Running!.DefaultExecutor = executor;
                    await (prepare?.Invoke() ?? Task.CompletedTask).WaitAsync(setup.Stop);
                    var sockets = ListeningSockets.Bind(thread.Calls, setup.Address, 1, ModelSetup.Backlog);
                    setup.Listening((IPEndPoint)sockets.EndPoint);
                    await LoopHttpServer.ServeAsync(thread, sockets, answer, setup.IdleTimeout, setup.Stop);
                });
        }
        catch (OperationCanceledException) when (setup.Stop.IsCancellationRequested)
        {
            // It was stopped.
        }
    }
}
