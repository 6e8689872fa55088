namespace Rondo.Services.Nodes;

/// <summary>
/// When one server of this process takes its addresses, and when it has left all of them: two servers cannot have the
/// same, and requests that one is at need not end before the next one listens.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class ServerDoor
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _opening;
    private int _open;

    /// <param name="opening">Awaited before the first address is taken.</param>
    public ServerDoor(Func<Task> opening) => _opening = new(opening);

    /// <summary>Completed when no address is listened on any more.</summary>
    public Task Closed => _closed.Task;

    public Task OpeningAsync() => _opening.Value;

    public void Opened() => Interlocked.Increment(ref _open);

    public void Left()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _closed.TrySetResult();
        }
    }
}
