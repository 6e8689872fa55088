using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>What <c>await</c> uses for a <see cref="LoopFuture"/> or <see cref="LoopTask"/> without a result.</summary>
/// <remarks>
/// Unlike the awaiter of a task, <see cref="GetResult"/> throws at once where it would block the loop's own thread:
/// that wait could never end.
/// </remarks>
/// <threadsafety>Any thread; continues where the awaiting code was.</threadsafety>
public readonly record struct LoopAwaiter : ICriticalNotifyCompletion
{
    private readonly LoopFuture _future;

    internal LoopAwaiter(LoopFuture future) => _future = future;

    /// <summary>Whether the outcome is there.</summary>
    public bool IsCompleted => _future.IsCompleted;

    /// <summary>Returns if it has succeeded, else throws its error or cancellation.</summary>
    /// <exception cref="InvalidOperationException">It is not completed, and this is the loop's thread.</exception>
    public void GetResult() => _future.Join();

    /// <summary>For the compiler.</summary>
    public void OnCompleted(Action continuation)
    {
        _future.ObserveScope();
        _future.Untyped.GetAwaiter().OnCompleted(continuation);
    }

    /// <summary>For the compiler.</summary>
    public void UnsafeOnCompleted(Action continuation) =>
        _future.Untyped.GetAwaiter().UnsafeOnCompleted(_future.ObserveScope(continuation));
}
