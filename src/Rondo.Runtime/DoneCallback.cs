namespace Rondo.Runtime;

/// <summary>What <see cref="LoopFuture.AddDoneCallback(Action{LoopFuture})"/> was given, on its way.</summary>
internal sealed class DoneCallback(Action<LoopFuture> callback, LoopFuture future) : WrappedCallback(callback)
{
    public override void Call() => callback(future);
}
