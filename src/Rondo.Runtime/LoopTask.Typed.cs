namespace Rondo.Runtime;

/// <inheritdoc cref="LoopTask"/>
/// <inheritdoc cref="LoopFuture" path="/remarks"/>
/// <typeparam name="T">What the work returns.</typeparam>
/// <threadsafety>Belongs to the loop's thread; may be awaited on any other thread and loop.</threadsafety>
public sealed class LoopTask<T> : LoopTask
{
    private readonly Func<Task<T>> _body;
    private readonly Outcome<T> _outcome;

    internal LoopTask(EventLoop loop, Func<Task<T>> body, string? name, CancelScope? scope)
        : base(loop, name, scope)
    {
        _body = body;
        _outcome = new Outcome<T>(this);
    }

    /// <summary>
    /// The result; never waits. Throws the error of a failed task, and an <see cref="OperationCanceledException"/> if
    /// it was cancelled.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has not ended (asyncio: <c>InvalidStateError</c>).</exception>
    public T Result => _outcome.Result;

    internal override Task Untyped => _outcome.Task;

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

    private protected override async Task RunBodyAsync() => _outcome.Value = await _body();

    private protected override void Publish() => _outcome.Publish();
}
