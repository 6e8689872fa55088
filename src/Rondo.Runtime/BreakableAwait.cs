namespace Rondo.Runtime;

/// <summary>
/// An await of a task in the body of another. Should the two wait for each other, it can be ended although what it waits
/// for has not.
/// </summary>
/// <param name="awaiter">Whose body waits.</param>
/// <param name="awaited">For what.</param>
/// <param name="continuation">The rest of the method that waits.</param>
/// <threadsafety>Belongs to the loop's thread, as the awaited task's end and its awaiter do.</threadsafety>
internal sealed class BreakableAwait(LoopTask awaiter, LoopTask awaited, Action continuation)
{
    // Who looks at the task from outside finds the waiting method by this name, as in the platform's own wrappers.
    private readonly Action _continuation = continuation;
    private bool _isOver;

    public LoopTask Awaited => awaited;

    public Action Continuation => _continuation;

    /// <summary>Whether its two tasks are among these.</summary>
    public bool IsIn(IReadOnlyCollection<object> ring) => ring.Contains(awaiter) && ring.Contains(awaited);

    /// <summary>The awaited task has ended.</summary>
    public void Continue()
    {
        if (!_isOver)
        {
            _isOver = true;
            awaited.Loop.Untrack(this);
            _continuation();
        }
    }

    /// <summary>Ends the await as cancelled; a callback of the loop.</summary>
    public void Break()
    {
        awaited.IsAwaitBroken = true;
        try
        {
            Continue();
        }
        finally
        {
            awaited.IsAwaitBroken = false;
        }
    }
}
