using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>What <c>await</c> uses for a <see cref="LoopFuture{T}"/> or <see cref="LoopTask{T}"/>.</summary>
/// <inheritdoc cref="LoopAwaiter" path="/remarks"/>
/// <typeparam name="T">The type of the result.</typeparam>
/// <threadsafety>Any thread; continues where the awaiting code was.</threadsafety>
public readonly record struct LoopAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly Outcome<T> _outcome;

    internal LoopAwaiter(Outcome<T> outcome) => _outcome = outcome;

    /// <summary>Whether the outcome is there.</summary>
    public bool IsCompleted => _outcome.Owner.IsCompleted;

    /// <summary>The result, if it has succeeded; else throws its error or cancellation.</summary>
    /// <exception cref="InvalidOperationException">It is not completed, and this is the loop's thread.</exception>
    public T GetResult()
    {
        _outcome.Owner.Join();
        return _outcome.Value;
    }

    /// <summary>For the compiler.</summary>
    public void OnCompleted(Action continuation) => new LoopAwaiter(_outcome.Owner).OnCompleted(continuation);

    /// <summary>For the compiler.</summary>
    public void UnsafeOnCompleted(Action continuation) =>
        new LoopAwaiter(_outcome.Owner).UnsafeOnCompleted(continuation);
}
