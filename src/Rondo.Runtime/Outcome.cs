namespace Rondo.Runtime;

/// <summary>
/// The typed half of a future, the same for <see cref="LoopFuture{T}"/> and <see cref="LoopTask{T}"/>: the result, and
/// the plain task that shows the outcome from the turn after it was set.
/// </summary>
internal sealed class Outcome<T>(LoopFuture owner) : TaskCompletionSource<T>(owner)
{
    public LoopFuture Owner => owner;

    /// <summary>Meaningful once the owner has succeeded.</summary>
    public T Value { get; set; } = default!;

    public T Result
    {
        get
        {
            owner.ThrowUnlessSucceeded();
            return Value;
        }
    }

    public void Publish()
    {
        if (!owner.PublishFailure(this))
        {
            SetResult(Value);
        }
    }
}
