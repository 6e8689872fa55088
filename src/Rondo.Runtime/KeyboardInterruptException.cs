namespace Rondo.Runtime;

/// <summary>
/// Ctrl-C (SIGINT) has cancelled the main task of <see cref="EventLoop.Run(Func{Task}, LoopOptions?)"/>, and everything
/// has been cleaned up (asyncio: <c>KeyboardInterrupt</c>). If nobody catches it, the process exits with 130 and no
/// further word.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class KeyboardInterruptException : OperationCanceledException
{
    internal KeyboardInterruptException(OperationCanceledException cancelled)
        : base("The event loop was interrupted by Ctrl-C.", cancelled, cancelled.CancellationToken)
    {
    }
}
