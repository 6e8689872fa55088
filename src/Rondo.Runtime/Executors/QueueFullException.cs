namespace Rondo.Runtime.Executors;

/// <summary>An executor has refused work, because as much as it may hold waits already.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class QueueFullException : InvalidOperationException
{
    internal QueueFullException(string executor, int limit)
        : base($"The queue of executor '{executor}' is full: {limit} waiting. Submit less, or raise QueueLimit.")
    {
    }
}
