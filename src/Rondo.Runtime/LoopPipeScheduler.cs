using System.IO.Pipelines;

namespace Rondo.Runtime;

/// <summary>The loop as pipes see it: what a reader or writer waits for continues as a callback.</summary>
internal sealed class LoopPipeScheduler(EventLoop loop) : PipeScheduler
{
    // Never inline, on the loop's thread neither: the other end of the pipe has not finished its call yet.
    public override void Schedule(Action<object?> action, object? state) => loop.Dispatch(action, state);
}
