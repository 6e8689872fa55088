namespace Rondo.Runtime;

/// <summary>What <see cref="LoopFuture.AddDoneCallback"/> was given, on its way.</summary>
internal sealed class DoneCallback(Action<LoopFuture> callback, LoopFuture future, ExecutionContext? context)
{
    public Action<LoopFuture> Callback => callback;

    public ExecutionContext? Context => context;

    public void Call() => callback(future);
}
