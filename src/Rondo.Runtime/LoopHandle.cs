namespace Rondo.Runtime;

/// <summary>
/// Stands for one callback that <see cref="EventLoop.CallSoon(Action)"/> has scheduled. Copying it is free.
/// </summary>
/// <threadsafety>
/// Belongs to the loop's thread, as the loop does; a handle of a thread-safe post may be used on any thread.
/// </threadsafety>
public readonly struct LoopHandle : IEquatable<LoopHandle>
{
    private readonly object? _owner;
    private readonly long _number;

    internal LoopHandle(EventLoop loop, long number)
    {
        _owner = loop;
        _number = number;
    }

    internal LoopHandle(PostedCallback posted) => _owner = posted;

    /// <summary>
    /// Makes sure that the callback does not run. Idempotent: the first call that is in time returns true, every other
    /// false, also when the callback has run or is running.
    /// </summary>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool Cancel() => _owner switch
    {
        EventLoop loop => loop.CancelReady(_number),
        PostedCallback posted => posted.Cancel(),
        _ => false,
    };

    /// <summary>Whether both stand for the same callback.</summary>
    public bool Equals(LoopHandle other) => ReferenceEquals(_owner, other._owner) && _number == other._number;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is LoopHandle other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_owner, _number);

    /// <summary>Whether both stand for the same callback.</summary>
    public static bool operator ==(LoopHandle left, LoopHandle right) => left.Equals(right);

    /// <summary>Whether they stand for different callbacks.</summary>
    public static bool operator !=(LoopHandle left, LoopHandle right) => !left.Equals(right);
}

/// <summary>
/// A callback from another thread: either the loop takes it and runs it, or the poster takes it back.
/// </summary>
internal sealed class PostedCallback(object callback)
{
    private int _isTaken;

    /// <summary>The callback, for its name; null once it is cancelled.</summary>
    public object? Callback { get; private set; } = callback;

    /// <summary>The callback for the first caller, null for every other.</summary>
    public object? TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0 ? Callback : null;

    /// <summary>Takes the callback back; false when it is too late.</summary>
    public bool Cancel()
    {
        if (TryTake() is null)
        {
            return false;
        }

        Callback = null;
        return true;
    }
}
