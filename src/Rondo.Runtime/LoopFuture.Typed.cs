using System.Reflection;
namespace Rondo.Runtime;

/// <inheritdoc cref="LoopFuture"/>
/// <remarks>
/// Made by <see cref="EventLoop.CreateFuture{T}"/>; whoever makes it sets it, or hands it to who does.
/// <inheritdoc cref="LoopFuture" path="/remarks"/>
/// </remarks>
/// <typeparam name="T">The type of the result.</typeparam>
/// <threadsafety>Belongs to the loop's thread; may be awaited on any other thread and loop.</threadsafety>
public sealed class LoopFuture<T> : LoopFuture
{
    private static long s_count;

    private readonly Outcome<T> _outcome;
    private readonly long _number = Interlocked.Increment(ref s_count);
    private readonly object? _name;

    /// <param name="loop">The loop it belongs to.</param>
    /// <param name="name">A string, a delegate or method whose name is to be its own, or null.</param>
    internal LoopFuture(EventLoop loop, object? name)
        : base(loop)
    {
        _name = name;
        _outcome = new Outcome<T>(this);
    }

    /// <summary>For people; <c>Future-N</c> unless given.</summary>
    public override string Name => _name switch
    {
        string name => name,
        Delegate work => LoopError.NameOf(work),
        MethodBase method => MethodName.Of(method),
        _ => $"Future-{_number}",
    };

    /// <summary>
    /// The result; never waits. Throws the error of a failed future, and an
    /// <see cref="OperationCanceledException"/> if it was cancelled.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not set yet (asyncio: <c>InvalidStateError</c>).</exception>
    public T Result => _outcome.Result;

    /// <summary>Stops what would bring the outcome; called inside <see cref="Cancel"/>.</summary>
    internal Action? Cancelling { get; set; }

    /// <summary>Whose ends bring the outcome; for who looks at it from outside.</summary>
    internal IReadOnlyList<LoopFuture> Sources { get; set; } = [];

    /// <summary>Whether the end of some of <see cref="Sources"/> may be enough.</summary>
    internal bool EndsEarlier { get; set; }

    internal override Task Untyped => _outcome.Task;

    private protected override IReadOnlyList<LoopFuture> Awaited => Sources;

    private protected override bool NeedsAll => !EndsEarlier;

    private protected override CancellationToken CancelledToken => new(canceled: true);

    /// <summary>Sets the result.</summary>
    /// <exception cref="InvalidOperationException">
    /// It is set already, or the caller is not on the loop's thread.
    /// </exception>
    public void SetResult(T result) => ThrowUnless(TrySetResult(result));

    /// <summary>Sets the result unless the outcome is there already.</summary>
    /// <returns>Whether it was set.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool TrySetResult(T result)
    {
        if (!MayBeSet())
        {
            return false;
        }

        _outcome.Value = result;
        End();
        return true;
    }

    /// <summary>Sets the error that an await throws. If nobody looks at it, the loop reports it.</summary>
    /// <inheritdoc cref="SetResult" path="/exception"/>
    public void SetException(Exception error) => ThrowUnless(TrySetException(error));

    /// <summary>As <see cref="SetException"/>, unless the outcome is there already.</summary>
    /// <inheritdoc cref="TrySetResult" path="/*[not(self::summary)]"/>
    public bool TrySetException(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!MayBeSet())
        {
            return false;
        }

        EndFaulted(error);
        return true;
    }

    /// <summary>Sets the outcome "cancelled".</summary>
    /// <inheritdoc cref="SetResult" path="/exception"/>
    public void SetCanceled() => ThrowUnless(TrySetCanceled());

    /// <summary>As <see cref="SetCanceled"/>, unless the outcome is there already.</summary>
    /// <inheritdoc cref="TrySetResult" path="/*[not(self::summary)]"/>
    public bool TrySetCanceled() => Cancel();

    /// <inheritdoc />
    public override bool Cancel(string? reason = null)
    {
        if (!MayBeSet())
        {
            return false;
        }

        CancelReason = reason;
        Cancelling?.Invoke();
        EndCanceled();
        return true;
    }

    /// <inheritdoc cref="LoopFuture.AsTask"/>
    public new Task<T> AsTask()
    {
        base.AsTask();
        return _outcome.Task;
    }

    /// <summary>For <c>await</c>.</summary>
    public new LoopAwaiter<T> GetAwaiter()
    {
        base.GetAwaiter();
        return new LoopAwaiter<T>(_outcome);
    }

    private protected override void Publish() => _outcome.Publish();

    private bool MayBeSet()
    {
        Loop.CheckCaller();
        return !IsCompleted;
    }

    private void ThrowUnless(bool wasSet)
    {
        if (!wasSet)
        {
            throw new InvalidOperationException($"The outcome of {this} is set already.");
        }
    }
}
