namespace Rondo.Runtime.Testing;

/// <summary>
/// A virtual loop can go on no more, although its main has not ended: nothing is ready, time may not move, and nobody
/// outside works; or work outside has been open for too long. The message says which, and
/// shows the tasks as a tree: who waits for whom, at which line.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
